import ArgumentParser

/// The one binary, and its verbs.
struct Sallyport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sallyport",
    abstract: "A SPEERMINT border element: a session border controller for peering SIP providers.",
    discussion: """
      Everything that it lets through, refuses, hides and limits is said in a policy file.

      Exit status: 0 when all is well, 1 when serving could not begin or go on, 2 when the policy \
      cannot be loaded, 64 for a wrong use of this command.
      """,
    version: Version.text,
    subcommands: [
      Run.self, Ctl.self, Lint.self, Test.self, Explain.self, Diff.self, TortureCommand.self,
      SchemaCommand.self,
    ])
}
