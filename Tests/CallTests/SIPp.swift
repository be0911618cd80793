import Foundation
import Testing

/// SIPp, being one side of some calls.
struct SIPp {
  struct Load {
    var calls: Int
    /// Calls each second.
    var rate: Int
  }

  let child: Child
  let host: String
  let port: Int
  private let statistics: URL
  private let errors: URL
  private let calls: Int

  /// - Parameters:
  ///   - scenario: the name of a file in `Scenarios`, or of one that SIPp brings along.
  ///   - element: the host and port to call; a callee has none.
  init(
    _ scenario: String, _ transport: Ports.Transport, at host: String, port block: Int? = nil,
    calls load: Load, calling element: String? = nil, isTimed: Bool = false, in folder: URL
  ) throws {
    self.host = host
    calls = load.calls
    port = try block ?? Ports.block()
    let name = "\(scenario)-\(port)"
    statistics = folder.appending(path: "\(name).csv")
    errors = folder.appending(path: "\(name).errors")
    var arguments =
      Self.source(of: scenario) + ["-s", SIPp.user, "-cid_str", "\(SIPp.callID)%u-%p"]
    arguments += ["-t", transport == .udp ? "u1" : "t1", "-i", host, "-p", "\(port)"]
    arguments += ["-cp", "\(port + 1)", "-mp", "\(port + 2)", "-m", "\(load.calls)"]
    arguments += ["-r", "\(load.rate)", "-l", "\(2 * load.calls)", "-nostdin"]
    arguments += ["-trace_stat", "-stf", statistics.path, "-fd", "1"]
    arguments += ["-trace_err", "-error_file", errors.path]
    arguments += ["-timeout", "60", "-timeout_error", "-recv_timeout", "20000"]
    if isTimed { arguments += ["-trace_rtt", "-rtt_freq", "1"] }
    child = try Child(name, "sipp", arguments + (element.map { [$0] } ?? []), in: folder)
  }

  /// Whom all scenarios call.
  static let user = "the-callee"
  /// Who calls in the scenarios, and who is called there besides `user`.
  static let otherUsers = ["alice", "bob", "carol"]
  /// How all Call-IDs begin.
  static let callID = "the-call-id-"

  private static func source(of scenario: String) -> [String] {
    if ["uac", "uas"].contains(scenario) { return ["-sn", scenario] }
    return ["-sf", scenarios.appending(path: "\(scenario).xml").path]
  }

  private static let scenarios = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Scenarios")

  /// Waits until a callee listens.
  func listens(_ transport: Ports.Transport) async throws -> SIPp {
    let isUp = try await eventually(within: .seconds(30)) {
      guard child.isRunning else { throw Failure("\(child.name) ended at once: \(complaint)") }
      return try Ports.isTaken(port, transport)
    }
    guard isUp else { throw Failure("\(child.name) does not listen at \(port)") }
    return self
  }

  /// How long the set-ups of its calls took, in milliseconds, the shortest first; to be asked of
  /// one that is timed, after its end.
  /// - Parameter scenario: the name of its scenario.
  func setups(_ scenario: String, in folder: URL) throws -> [Double] {
    let file = folder.appending(path: "\(scenario)_\(child.number)_rtt.csv")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst()
    return lines.compactMap { line in
      let fields = line.split(separator: ";")
      return fields.count > 1 ? Double(fields[1]) : nil
    }.sorted()
  }

  /// Waits for its end: status 0, and every call counted as one that went as the scenario says.
  func expectAllCalls(within limit: Duration) async throws {
    let status = try await child.status(within: limit)
    let counts = try Counts(statistics)
    #expect(status == 0, "\(child.name): \(complaint)")
    #expect(counts == Counts(succeeded: calls, failed: 0), "\(child.name): \(complaint)")
  }

  private var complaint: String {
    let text = (try? String(contentsOf: errors, encoding: .utf8)) ?? String(child.said.suffix(1000))
    return String(text.prefix(2000))
  }

  /// The sums in the last line of SIPp's statistics.
  struct Counts: Equatable {
    let succeeded: Int
    let failed: Int
  }
}

extension SIPp.Counts {
  init(_ file: URL) throws {
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    guard let head = lines.first, let last = lines.last, lines.count > 1 else {
      throw Failure("SIPp left no statistics in \(file.lastPathComponent)")
    }
    let names = head.split(separator: ";", omittingEmptySubsequences: false)
    let values = last.split(separator: ";", omittingEmptySubsequences: false)
    func value(_ name: Substring) throws -> Int {
      guard let column = names.firstIndex(of: name), let value = Int(values[column]) else {
        throw Failure("SIPp's statistics have no \(name)")
      }
      return value
    }
    succeeded = try value("SuccessfulCall(C)")
    failed = try value("FailedCall(C)")
  }
}
