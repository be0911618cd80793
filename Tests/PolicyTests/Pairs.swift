import Basics
import Rehearsal

/// A policy and a message for it, both made from a seed: what a border element may meet, from the
/// call that passes to octets that are no SIP.
struct Pair {
  static let hosts = [
    "10.1.0.5", "10.1.0.5", "10.1.0.5", "10.1.0.5", "10.2.0.5", "10.1.7.5", "10.2.0.5", "10.2.0.5",
    "10.3.0.1",
    "172.16.0.9",
  ]
  static let domains = ["a.example", "b.example", "edge.example", "10.0.0.1", "10.2.0.5"]
  static let users = ["", "+4930", "+44", "service", "%2b49", "0049"]
  /// Every place that a request may go to.
  static let called =
    (1...4).flatMap { ["10.\($0).0.1:5060", "10.\($0).0.2:5070"] } + [
      "10.2.0.5:5060", "10.1.0.1:5070",
    ]
  private static let methods = [
    "INVITE", "INVITE", "INVITE", "OPTIONS", "MESSAGE", "REGISTER", "BYE", "ACK", "CANCEL", "FOO",
    "SUBSCRIBE",
  ]

  private(set) var policy = ""
  private(set) var message: [UInt8] = []
  private(set) var source = ""
  private(set) var isStream = false
  private(set) var answer: String?
  private var chance: Chance

  init(seed: UInt64) {
    chance = Chance(seed: seed)
    policy = makePolicy()
    source = "\(pick(Self.hosts)):\(5060 + chance.below(3))"
    isStream = chance.happens(perMille: 250)
    answer = [nil, nil, "none", "10.2.0.5", "192.0.2.1"][chance.below(5)]
    message = makeMessage()
    if chance.happens(perMille: 120) { damage() }
  }

  private mutating func pick(_ texts: [String]) -> String { texts[chance.below(texts.count)] }

  private mutating func some(_ texts: [String]) -> String {
    let first = pick(texts)
    let second = pick(texts)
    return "[\(first == second ? "\"\(first)\"" : "\"\(first)\", \"\(second)\"")]"
  }

  // MARK: The policy

  private mutating func makePolicy() -> String {
    let settings = [
      "no-route: \(pick(["forbidden", "not-found"]))",
      "resolve: \(pick(["always", "always", "never"]))",
      "lost-routes: \(pick(["mend", "refuse"]))",
    ]
    var lines = [
      "version: 1", "element: { names: [edge.example] }",
      "routing: { \(settings.joined(separator: ", ")) }", "listeners:",
      "  - { name: u4, transport: udp, address: \"10.0.0.1:5060\" }",
      "  - { name: t4, transport: tcp, address: \"10.0.0.1:5060\" }", "peers:",
    ]
    let count = 2 + chance.below(3)
    for place in 1...count { lines.append(makePeer(place)) }
    lines.append("routes:\(chance.happens(perMille: 100) ? " []" : "")")
    if lines.last == "routes:" {
      for place in 0...chance.below(5) { lines.append(makeRoute(place, peers: count)) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private mutating func makePeer(_ place: Int) -> String {
    let sources = [
      "10.\(place).0.0/16", "10.\(place).0.0/24", "10.\(place).0.5",
      place == 1 ? "10.0.0.0/8" : "10.\(place).0.0/20",
    ]
    var keys = ["name: p\(place)", "names: [pbx\(place).example]"]
    if chance.happens(perMille: 950) { keys.append("sources: [\(pick(sources))]") }
    let listeners = pick(["u4, t4", "u4, t4", "u4, t4", "u4, t4", "u4, t4", "u4", "t4"])
    keys.append("listeners: [\(listeners)]")
    let transport = listeners == "u4, t4" ? pick(["", "udp:", "tcp:"]) : ""
    let more = chance.happens(perMille: 400) ? ", \"\(transport)10.\(place).0.2:5070\"" : ""
    keys.append("targets: [\"\(transport)10.\(place).0.1:5060\"\(more)]")
    if chance.happens(perMille: 200) {
      keys.append("methods: \(some(["INVITE", "OPTIONS", "MESSAGE", "BYE", "other"]))")
    }
    return "  - { \(keys.joined(separator: ", ")) }"
  }

  private mutating func makeRoute(_ place: Int, peers: Int) -> String {
    var keys = ["name: r\(place)", "to: p\(1 + chance.below(peers))"]
    if chance.happens(perMille: 250) { keys.append("from: p\(1 + chance.below(peers))") }
    if chance.happens(perMille: 300) {
      keys.append("method: \(some(["INVITE", "OPTIONS", "MESSAGE"]))")
    }
    if chance.happens(perMille: 200) { keys.append("scheme: \(some(["sip", "tel"]))") }
    if chance.happens(perMille: 250) { keys.append("domain: \(some(Self.domains))") }
    if chance.happens(perMille: 250) {
      keys.append("user-prefix: \(some(["+49", "+44", "s", "+493"]))")
    }
    return "  - { \(keys.joined(separator: ", ")) }"
  }

  // MARK: The message

  private mutating func makeMessage() -> [UInt8] {
    let isPing = chance.happens(perMille: 50)
    let method = isPing ? "OPTIONS" : pick(Self.methods)
    let user = isPing ? "" : pick(Self.users)
    let at = user.isEmpty ? "" : "\(user)@"
    let scheme = isPing || chance.happens(perMille: 900) ? "sip" : pick(["sips", "tel", "http"])
    let uri =
      scheme == "tel"
      ? "tel:+4930" : "\(scheme):\(at)\(isPing ? "edge.example" : pick(Self.domains))"
    let tag = chance.happens(perMille: 80) ? ";tag=there" : ""
    var lines = [
      "\(method) \(uri) SIP/2.0",
      "Via: SIP/2.0/\(isStream ? "TCP" : "UDP") \(source);branch=z9hG4bKpair;rport",
      "Max-Forwards: \(pick(["70", "70", "70", "70", "70", "70", "1", "0"]))",
      "From: <sip:caller@a.example>;tag=here", "To: <\(uri)>\(tag)", "Call-ID: pair",
      "CSeq: 1 \(method)", "Contact: <sip:caller@\(source)>", "Content-Length: 0",
    ]
    if chance.happens(perMille: 300) { lines.insert("Route: <sip:\(makeHop());lr>", at: 2) }
    if chance.happens(perMille: 50) { lines.insert("Proxy-Require: gizmo", at: 3) }
    if chance.happens(perMille: 60) { lines.remove(at: 1 + chance.below(lines.count - 1)) }
    return Array((lines + ["", ""]).joined(separator: "\r\n").utf8)
  }

  private mutating func makeHop() -> String {
    pick([
      "edge.example", "10.0.0.1", "10.2.0.5", "10.1.0.1:5070", "192.0.2.1", "pbx1.example",
      "pbx2.example;transport=tcp", "elsewhere.example", "elsewhere.example", "elsewhere.example",
      "elsewhere.example",
    ])
  }

  private mutating func damage() {
    for _ in 0...chance.below(3) where !message.isEmpty {
      let place = chance.below(message.count)
      switch chance.below(3) {
      case 0: message[place] = UInt8(truncatingIfNeeded: chance.next())
      case 1: message.remove(at: place)
      default: message.removeLast(min(message.count - 1, chance.below(40)))
      }
    }
  }
}
