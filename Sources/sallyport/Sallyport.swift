import ArgumentParser
import Policy

/// The one binary, and its verbs.
struct Sallyport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sallyport",
    abstract: "A SPEERMINT border element: a session border controller for peering SIP providers.",
    discussion: """
      Everything that it lets through, refuses, hides and limits is said in a policy file.

      Completion for a shell comes from `sallyport --generate-completion-script bash` (or zsh, or \
      fish).

      Exit status: 0 when all is well, 1 when serving could not begin or go on, 2 when the policy \
      cannot be loaded, 64 for a wrong use of this command, 74 when its output cannot be written.
      """,
    version: Version.text,
    subcommands: [
      Run.self, Ctl.self, Lint.self, Test.self, Explain.self, Diff.self, TortureCommand.self,
      SchemaCommand.self,
    ])
}

extension Sallyport {
  /// What is wrong with the first word of a command: it is no verb. The parser of the arguments
  /// would speak of two words too many.
  static func complaint(of word: String?) -> String? {
    guard let word, !word.hasPrefix("-"), word != "help" else { return nil }
    let verbs = configuration.subcommands.map { verb in
      verb.configuration.commandName ?? "\(verb)".lowercased()
    }
    guard !verbs.contains(word) else { return nil }
    let question = Spelling.question(word, of: verbs)
    return "sallyport: there is no verb `\(word)`"
      + (question.isEmpty ? "; its verbs are \(verbs.joined(separator: ", "))" : question)
  }
}
