import Admission
import Basics
import SIP

// How many calls may go on at once. What the check has told of is left out here.
extension Binder {
  mutating func bindSessionLimits() {
    let nodes = root["admission"]?.mappings("session-limits") ?? []
    // A limit of either kind is known by its name alone, in the log and over reloads.
    var names = Set(admission.rateLimits.map(\.name))
    for node in nodes.prefix(Admission.Limits.sessionLimits) {
      guard let name = node.word("name") else { continue }
      guard names.insert(name).inserted else {
        findings.add(
          .duplicateName, node["name"]?.place ?? node.place, "there is already a limit `\(name)`")
        continue
      }
      guard let limit = sessionLimit(name, node) else { continue }
      admission.sessionLimits.append(limit)
      places.sessionLimits.append(node.place)
    }
    if nodes.count > Admission.Limits.sessionLimits {
      findings.add(
        .tooMany, nodes[Admission.Limits.sessionLimits].place,
        "there can be at most \(Admission.Limits.sessionLimits) session limits")
    }
    checkNarrowCounts()
    bindSessionsOfPeers()
  }

  /// A call keeps the names of what it is counted under, and has room for a few.
  private mutating func checkNarrowCounts() {
    for peer in peers where admission.narrowCounts(of: peer.id) > Seat.most {
      findings.add(
        .tooMany, peer.place,
        "at most \(Seat.most) session limits per source and per called-prefix can hold for a peer")
    }
  }

  /// The short form: `sessions` of a peer, or of the section for all of them.
  private mutating func bindSessionsOfPeers() {
    for node in root.all("peers") {
      guard let name = node.word("name"), let place = peerPlaces[name],
        peers[place].place == node["name"]?.place ?? node.place,
        let said = root.inForce(.admission, "sessions", peer: node), let calls = said.count
      else { continue }
      var limit = Rules.SessionLimit(
        "peers.\(name).sessions", per: .peer, calls: UInt32(clamping: calls))
      limit.peers = [peers[place].id]
      limit.mode = Self.mode(root.inForce(.admission, "mode", peer: node))
      admission.sessionLimits.append(limit)
      places.sessionLimits.append(said.place)
    }
  }

  private mutating func sessionLimit(_ name: String, _ node: Node) -> Rules.SessionLimit? {
    guard let subject = SessionWords.subjects.first(where: { $0.0 == node.word("per") })?.1,
      agrees(node, subject)
    else { return nil }
    var limit = Rules.SessionLimit(
      name, per: subject, calls: node.count("calls").map { UInt32(clamping: $0) },
      halfOpen: node.count("half-open").map { UInt32(clamping: $0) })
    if let status = node.word("status").flatMap({ UInt16($0) }) { limit.status = status }
    limit.mode = Self.mode(node["mode"])
    let key = subject.isOfWayOut ? "to" : "from"
    if node[key] != nil { limit.peers = peerIDs(node.all(key)) }
    limit.prefixes = node.words("user-prefix").compactMap { try? Names.userPrefix($0) }
    if let bits = node.count("ipv4-bits") { limit.ipv4Bits = UInt8(96 + bits) }
    if let bits = node.count("ipv6-bits") { limit.ipv6Bits = UInt8(bits) }
    return limit
  }

  /// Whether its keys go together; says which do not.
  private mutating func agrees(_ node: Node, _ subject: Rules.SessionLimit.Subject) -> Bool {
    var foreign: [(key: String, why: String)] = []
    if !subject.isOfWayOut { foreign.append(("to", "only a limit per egress or target has `to`")) }
    if subject.isOfWayOut || subject == .element {
      foreign.append(("from", "a limit per element, egress or target counts calls of all peers"))
    }
    if subject != .calledPrefix {
      foreign.append(("user-prefix", "only a limit per called-prefix has `user-prefix`"))
    }
    if subject != .source {
      foreign.append(("ipv4-bits", "only a limit per source has `ipv4-bits`"))
      foreign.append(("ipv6-bits", "only a limit per source has `ipv6-bits`"))
    }
    var agrees = true
    for (key, why) in foreign {
      guard let item = node[key] else { continue }
      findings.add(.wrongValue, item.place, why)
      agrees = false
    }
    if subject == .calledPrefix, node.all("user-prefix").isEmpty {
      findings.add(.missingKey, node.place, "a session limit per called-prefix needs `user-prefix`")
      agrees = false
    }
    return agrees
  }
}

extension Node {
  /// The whole number that it is.
  var count: Int? { scalar.flatMap { try? Units.count($0, in: 0 ... .max) } }
}
