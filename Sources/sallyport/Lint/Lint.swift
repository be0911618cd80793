import ArgumentParser
import Foundation
import Policy

/// `sallyport lint POLICY…`: says what is wrong with policies, or probably not meant.
struct Lint: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what is wrong with policies, and what is probably not meant.",
    discussion: """
      Each finding names its place and its rule; `--explain RULE` says what that means and what to \
      do. What a policy includes is looked at with it.

      Exit status: 0 when there is nothing but notes, 1 with warnings, 2 when a policy cannot be \
      loaded, 64 for a wrong use of this command.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, sarif
  }

  @Argument(
    help: "The policy files; - is the standard input.",
    completion: .file(extensions: ["yaml", "yml"]))
  var policies: [String] = []

  @Option(help: "How findings are written: for people, as JSON, or as SARIF 2.1.0.")
  var format = Format.text

  @Option(
    help: ArgumentHelp("Print the page of a rule.", valueName: "rule"),
    completion: .list(Rule.all.map(\.name)))
  var explain: String?

  @Option(
    help: ArgumentHelp(
      "Print what is in force for a peer, and where each value comes from.", valueName: "peer"))
  var effective: String?

  @Option(
    help: ArgumentHelp(
      "Say also what a reload from this policy, the running one, could not change.",
      valueName: "policy"),
    completion: .file(extensions: ["yaml", "yml"]))
  var against: String?

  @Flag(help: "List all rules.")
  var rules = false

  func validate() throws {
    if let explain, Rule.named(explain) == nil {
      let end = Rule.question(explain)
      throw ValidationError(
        "there is no rule `\(explain)`\(end.isEmpty ? "; `--rules` lists them all" : end)")
    }
    guard !policies.isEmpty || explain != nil || rules else {
      throw ValidationError("name a policy to look at, or `--explain RULE`, or `--rules`")
    }
    guard !policies.isEmpty || effective == nil else {
      throw ValidationError("name the policy of the peer")
    }
    guard format != .sarif || effective == nil && explain == nil && !rules else {
      throw ValidationError("SARIF holds findings; what is asked for here is text or JSON")
    }
  }

  func run() throws {
    if let explain, let rule = Rule.named(explain) { try printPage(of: rule) }
    if rules { try printRules() }
    guard !policies.isEmpty else { return }
    let library = Library.shell(policies + (against.map { [$0] } ?? []))
    if let effective { return try printEffective(effective, library) }
    let inspection = Inspection(of: policies, against: try running(library), from: library)
    switch format {
    case .text: Speech.tell(inspection.text(), terminator: "")
    case .json: print(try Self.encoded(FindingsDocument(inspection)))
    case .sarif: print(try Self.encoded(SARIF(inspection)))
    }
    guard inspection.status == 0 else { throw ExitCode(inspection.status) }
  }

  /// The policy that `--against` names.
  private func running(_ library: Library) throws -> Snapshot? {
    guard let against else { return nil }
    do throws(Rejection) {
      return try Snapshot.load(path: against, from: library)
    } catch {
      Speech.say("\(error)")
      throw ExitCode(2)
    }
  }

  private func printEffective(_ peer: String, _ library: Library) throws {
    for path in policies {
      do {
        let snapshot = try Snapshot.load(path: path, from: library)
        guard let text = snapshot.effectiveText(peer: peer) else {
          let end = snapshot.question(peer: peer)
          Speech.say("sallyport lint: \(path) has no peer `\(peer)`\(end)")
          throw ExitCode.validationFailure
        }
        if format == .json, let settings = snapshot.effective(peer: peer) {
          print(try Self.encoded(EffectiveDocument(settings, of: peer, in: path, snapshot)))
        } else {
          Speech.tell(text, terminator: "")
        }
      } catch let rejection as Rejection {
        Speech.say("\(rejection)")
        throw ExitCode(2)
      }
    }
  }

  private func printPage(of rule: Rule) throws {
    if format == .text { return print(rule.explanation) }
    print(try Self.encoded(RuleDocument(rule, withPage: true)))
  }

  private func printRules() throws {
    if format == .text { return print(Self.list) }
    print(try Self.encoded(Rule.all.map { RuleDocument($0, withPage: false) }))
  }

  /// All rules, a line for each.
  private static var list: String {
    let width = Rule.all.map(\.name.count).max() ?? 0
    return Rule.all.map { rule in
      let name = rule.name.padding(toLength: width, withPad: " ", startingAt: 0)
      let severity = "\(rule.severity)".padding(toLength: 7, withPad: " ", startingAt: 0)
      return "\(name)  \(severity)  \(rule.summary)"
    }.joined(separator: "\n")
  }

  private static func encoded(_ document: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(document), as: UTF8.self)
  }
}
