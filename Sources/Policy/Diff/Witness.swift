import Basics
import Border

/// A request that two policies are asked about: it can be put to `explain` and to `test` as it is.
package struct Witness: Hashable, Sendable, Encodable {
  /// Its short form: `INVITE sip:+4930@example.com`.
  package var request: String
  /// Where it comes from: an address and a port.
  package var from: String
  /// The name of the listener that it comes to.
  package var listener: String
  /// Headers in place of the usual ones, each `Name: value`; without a value it is left out.
  package var headers: [String] = []
  /// When; `nil` where no policy asks for it.
  package var at: String?

  /// What follows `sallyport explain POLICY`.
  package var arguments: String {
    var words = ["\"\(request)\"", "--from", from, "--to", listener]
    for header in headers { words += ["--header", "'\(header)'"] }
    if let at { words += ["--at", at] }
    return words.joined(separator: " ")
  }

  /// A case of a test file, without what is expected.
  package var testCase: String {
    var keys = ["request: \(Self.quoted(request))", "from: \(Self.quoted(from))"]
    keys.append("listener: \(listener)")
    var named: [(name: String, values: [String])] = []
    for header in headers {
      let parts = header.split(separator: ":", maxSplits: 1).map { String($0).stripped }
      let value = parts.count > 1 ? parts[1] : ""
      if let place = named.firstIndex(where: { $0.name == parts[0] }) {
        named[place].values.append(value)
      } else {
        named.append((parts[0], [value]))
      }
    }
    let texts = named.map { name, values in
      let own = values.filter { !$0.isEmpty }.map(Self.quoted).joined(separator: ", ")
      return "\(Self.quoted(name)): \(own.isEmpty ? "~" : values.count > 1 ? "[\(own)]" : own)"
    }
    if !texts.isEmpty { keys.append("headers: { \(texts.joined(separator: ", ")) }") }
    if let at { keys.append("at: \(Self.quoted(at))") }
    return "{ \(keys.joined(separator: ", ")) }"
  }

  private static func quoted(_ text: String) -> String {
    "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
  }
}

/// One policy in a border element that many requests are put to, each in a dialog of its own.
struct Bench: ~Copyable {
  /// Requests after which it is made anew, so that what they leave there does not add up.
  private static let most = 256

  let snapshot: Snapshot
  private let ways: Ways
  private var trial: Trial
  private var serial = 0

  init(_ snapshot: Snapshot) {
    self.snapshot = snapshot
    ways = Ways(snapshot)
    trial = Trial(snapshot.configuration)
  }

  /// What becomes of a request; `nil` for one that cannot be written.
  mutating func outcome(of witness: Witness) -> Outcome? {
    serial += 1
    if serial % Self.most == 0 { trial = Trial(snapshot.configuration) }
    do throws(Complaint) {
      guard snapshot.listeners.contains(witness.listener) else { return .noListener }
      let flow = try snapshot.flow(from: witness.from, to: witness.listener)
      let octets = try Explanation.sketch(
        (witness.request, witness.headers), flow, serial: serial)
      trial.set(wall: try witness.at.map(Moment.read) ?? Moment.usual)
      return Outcome(trial.judge(octets, from: flow), snapshot, ways)
    } catch {
      return nil
    }
  }
}
