import ArgumentParser
import Foundation
import Policy

/// `sallyport test POLICY…`: runs the tests that stand beside policies.
struct Test: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the tests that stand beside policies.",
    discussion: """
      The tests of edge.yaml stand in edge.test.yaml. Each case is a message, where it comes from, \
      and what is expected of it:

        defaults: { from: 198.51.100.10, listener: udp4 }
        cases:
          - name: a call to Germany goes to the core
            request: INVITE sip:+493012345@example.com
            expect: { verdict: forward, route: inbound, to: 192.0.2.70:5060 }

          - name: the caller may hang up
            after:
              - { request: INVITE sip:+493012345@example.com, replies: [180, 200] }
            within: caller
            request: BYE
            expect: { verdict: forward, by: dialog, headers: { Route: absent } }

      Every case runs in a border element of its own, through the pipeline that serves. Where one \
      fails, what was expected and what was got are shown, and what became of the message, as \
      `sallyport explain` shows it.

      verdict   forward, refuse, silence, answer (by this element), ask (for a name), absorb
      more      status, reason, cause (of the log), stage, peer, by (routes, dialog, route-header, \
      mended), route, to (the next hop), to-peer, request-uri, asks (names)
      headers   of what leaves: present, absent, a value, { contains: … }

      Exit status: 0 when all passed, 1 when some failed, 2 when a policy or its tests cannot be \
      loaded.
      """)

  @Argument(help: "Policies, or their tests.", completion: .file(extensions: ["yaml", "yml"]))
  var policies: [String]

  @Option(help: "Write the results as JUnit's XML to this file as well.", completion: .file())
  var junit: String?

  @Option(help: "text or json.")
  var format = Explain.Format.text

  func run() throws {
    var reports: [TestReport] = []
    var seen: Set<String> = []
    // `Policies/*.yaml` names tests beside their policies.
    for policy in policies where seen.insert(Suite.path(beside: policy)).inserted {
      do throws(Rejection) {
        reports.append(try Suite.load(beside: policy).run())
      } catch {
        reports.append(TestReport(of: policy, error))
      }
    }
    tell(reports)
    if let junit { try write(TestReport.junit(reports), to: junit) }
    let errors = reports.flatMap(\.errors)
    guard errors.isEmpty else { throw ExitCode.unreadable(errors.joined(separator: "\n")) }
    if reports.contains(where: { $0.failed > 0 }) { throw ExitCode(1) }
  }

  private func tell(_ reports: [TestReport]) {
    if format == .json { return print(TestReport.json(reports)) }
    for report in reports where report.errors.isEmpty { Speech.tell(report.text) }
  }

  private func write(_ text: String, to path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    } catch {
      throw ExitCode.unreadable("\(path): it cannot be written: \(Self.cause(of: error))")
    }
  }

  private static func cause(of error: any Error) -> String {
    switch Snapshot.systemError(in: error) {
    case .ENOENT?, .ENOTDIR?: "there is no such directory"
    case .EISDIR?: "this is a directory"
    case .EACCES?, .EPERM?, .EROFS?: "this user may not write there"
    case .ENOSPC?, .EDQUOT?: "there is no room left"
    case let code?: "errno \(code.rawValue)"
    case nil: "the system does not say why"
    }
  }
}
