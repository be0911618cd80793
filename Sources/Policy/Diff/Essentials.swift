import Border
import Routing
import SIP

/// Headers that a request cannot have just any value of: without a good one it is no request, or it
/// goes elsewhere before a route is asked.
enum Essentials {
  static let names: Set<String> = [
    "via", "call-id", "cseq", "content-length", "max-forwards", "route", "to", "from",
  ]

  /// Bodies are made so long at most.
  static let longestBody = 1_000

  /// Lines of such a header that may be of use to conditions that name some texts; no line stands
  /// for the usual one, an empty line for none.
  /// - Parameter hosts: names of the element itself, to which a Route may lead.
  static func lines(_ name: String, _ texts: [String], hosts: [String]) -> [[String]] {
    switch name {
    case "via": via(texts)
    case "call-id":
      [["diff@elsewhere.invalid"]]
        + texts.flatMap { [[$0], ["\($0)@diff"], ["diff\($0)"], ["\($0)diff"]] }
    case "content-length", "max-forwards":
      [[], [""]] + (["3"] + texts.flatMap(numbers)).map { [$0] }
    case "route": [[]] + hosts.flatMap { route($0, texts) }
    default: []
    }
  }

  private static func via(_ texts: [String]) -> [[String]] {
    func line(_ transport: String, _ sentBy: String, _ rest: String = "") -> String {
      "SIP/2.0/\(transport) \(sentBy);branch=z9hG4bK-diff;rport\(rest)"
    }
    let usual = line("UDP", "diff.invalid")
    let below = "SIP/2.0/UDP below.invalid;branch=z9hG4bK-below"
    let ways = texts.flatMap { text in
      [
        [text], [line("UDP", text)], [line("UDP", "diff.invalid", ";x=\(text)")], [usual, text],
        [usual, "SIP/2.0/UDP \(text);branch=z9hG4bK-below"], [usual, "\(below);x=\(text)"],
      ]
    }
    return [[usual], [usual, below], [line("TCP", "diff.invalid")]] + ways
  }

  private static func route(_ host: String, _ texts: [String]) -> [[String]] {
    let own = "<sip:\(host);lr>"
    return [[own]]
      + texts.flatMap { text in
        [
          [text], ["<sip:\(host);lr;x=\(text)>"], ["<sip:\(text)@\(host);lr>"],
          ["\"\(text)\" \(own)"],
          [own, "<sip:\(host);lr;x=\(text)>"],
        ]
      }
  }

  /// Sequence numbers with a method, such as conditions on CSeq name, and another one.
  static func sequences(_ texts: [String], _ method: String) -> [String] {
    (["1", "7"] + texts.flatMap(numbers)).map { "\($0) \(method)" }
  }

  /// The numbers within a text.
  private static func numbers(_ text: String) -> [String] {
    text.split { !("0"..."9").contains($0) }.map(String.init)
  }

  /// From or To around a URI.
  struct Address {
    var before = "<"
    var after = ">"
    /// Whether it has a URI of its own, so that no other is put in.
    var isWhole = false

    func line(_ uri: String) -> String { isWhole ? before : "\(before)\(uri)\(after)" }
  }

  static func addresses(_ name: String, _ texts: [String]) -> [Address] {
    // Only a request within a call has a tag in To.
    let tag = name == "from" ? ";tag=diff" : ""
    let ways = texts.flatMap { text in
      [
        Address(before: text, isWhole: true), Address(before: "\"\(text)\" <", after: ">\(tag)"),
        Address(after: ">\(tag);x=\(text)"),
      ] + (name == "from" ? [Address(after: ">;tag=\(text)")] : [])
    }
    return [Address(after: ">\(tag)")] + ways
  }
}

extension Snapshot {
  /// Whether a request comes as far as the routes.
  func putsToRoutes(_ witness: Witness) -> Bool {
    do throws(Complaint) {
      guard listeners.contains(witness.listener) else { return false }
      let flow = try flow(from: witness.from, to: witness.listener)
      var trial = Trial(configuration)
      let octets = try witness.sketch().octets(from: flow, serial: 1)
      return trial.judge(octets, from: flow).passage.guide == .routes
    } catch {
      return false
    }
  }

  /// What a Route header that leads to the element itself names it.
  var ownHosts: [String] {
    configuration.names.map { String(decoding: $0, as: UTF8.self) }
      + configuration.listeners.map(\.local.text)
  }
}
