import Admission
import Basics
import SIP

// How much may come in. What the check has told of is left out here.
extension Binder {
  mutating func bindRateLimits() {
    let nodes = root["admission"]?.mappings("rate-limits") ?? []
    var names: Set<String> = []
    for node in nodes.prefix(Admission.Limits.rateLimits) {
      guard let name = node.word("name") else { continue }
      let place = node["name"]?.place ?? node.place
      guard names.insert(name).inserted else {
        findings.add(.duplicateName, place, "there is already a rate limit `\(name)`")
        continue
      }
      guard let limit = rateLimit(name, node) else { continue }
      admission.rateLimits.append(limit)
      places.rateLimits.append(node.place)
    }
    if nodes.count > Admission.Limits.rateLimits {
      findings.add(
        .tooMany, nodes[Admission.Limits.rateLimits].place,
        "there can be at most \(Admission.Limits.rateLimits) rate limits")
    }
    bindRatesOfPeers()
  }

  /// The short form: `rate` of a peer, or of the section for all of them.
  private mutating func bindRatesOfPeers() {
    for node in root.all("peers") {
      guard let name = node.word("name"), let place = peerPlaces[name],
        peers[place].place == node["name"]?.place ?? node.place,
        let said = root.inForce(.admission, "rate", peer: node), let rate = said.rate,
        let pace = pace(rate, burst: nil, said.place)
      else { continue }
      var limit = Rules.RateLimit("peers.\(name).rate", per: .element, .calls, pace, .refuse(503))
      limit.peers = [peers[place].id]
      limit.subject = .peer
      limit.mode = Self.mode(root.inForce(.admission, "mode", peer: node))
      admission.rateLimits.append(limit)
      places.rateLimits.append(said.place)
    }
  }

  private mutating func rateLimit(_ name: String, _ node: Node) -> Rules.RateLimit? {
    guard let subject = RateWords.subjects.first(where: { $0.0 == node.word("per") })?.1,
      let rate = node["rate"]?.rate,
      let pace = pace(rate, burst: node.count("burst"), node["rate"]?.place ?? node.place)
    else { return nil }
    let unit = RateWords.units.first { $0.0 == node.word("counts") }?.1 ?? .requests
    guard agrees(node, subject, unit) else { return nil }
    let usual = subject == .peer || subject == .element ? 503 : 403
    let drops = node.word("action").map { $0 == "drop" } ?? (unit == .messages)
    let status = node.word("status").flatMap { UInt16($0) } ?? UInt16(usual)
    var limit = Rules.RateLimit(name, per: subject, unit, pace, drops ? .drop : .refuse(status))
    limit.mode = Self.mode(node["mode"])
    if node["from"] != nil { limit.peers = peerIDs(node.all("from")) }
    if node["method"] != nil { limit.methods = Self.methods(node.all("method")) }
    limit.prefixes = node.words("user-prefix").compactMap { try? Names.userPrefix($0) }
    if let bits = node.count("ipv4-bits") { limit.ipv4Bits = UInt8(96 + bits) }
    if let bits = node.count("ipv6-bits") { limit.ipv6Bits = UInt8(bits) }
    return limit
  }

  private mutating func pace(_ rate: Rate, burst: Int?, _ place: Place) -> Pace? {
    let pace = Pace(rate.count, in: rate.time, burst: burst ?? rate.count)
    if pace.recovery <= Admission.Limits.recovery { return pace }
    findings.add(
      .wrongValue, place,
      "after such a burst it would take more than \(Units.text(Admission.Limits.recovery)) until"
        + " all of it may come again",
      remedy: "lower `burst`, or say the rate of a shorter time")
    return nil
  }

  /// Whether its keys go together; says which do not.
  private mutating func agrees(
    _ node: Node, _ subject: Rules.RateLimit.Subject, _ unit: Rules.RateLimit.Unit
  ) -> Bool {
    var agrees = true
    func wrong(_ key: String, _ why: String, _ findings: inout Findings) {
      guard let item = node[key] else { return }
      findings.add(.wrongValue, item.place, why)
      agrees = false
    }
    if unit == .messages {
      for key in ["method", "user-prefix", "status"] {
        wrong(
          key, "a limit that counts messages stops them unread, so it has no `\(key)`", &findings)
      }
      if node.word("action") == "refuse" {
        wrong(
          "action", "a limit that counts messages stops them unread, and so only drops", &findings)
      }
      if subject == .claim || subject == .calledPrefix {
        wrong(
          "per", "a limit that counts messages stops them unread, and knows no such thing",
          &findings)
      }
    }
    if subject == .calledPrefix, node.all("user-prefix").isEmpty {
      findings.add(.missingKey, node.place, "a rate limit per called-prefix needs `user-prefix`")
      agrees = false
    }
    if subject != .source, subject != .claim {
      for key in ["ipv4-bits", "ipv6-bits"] {
        wrong(key, "only a limit per source or claim has `\(key)`", &findings)
      }
    }
    if node.word("action") == "drop" {
      wrong("status", "what is dropped gets no status", &findings)
    }
    return agrees
  }
}

extension Node {
  /// The rate that it is.
  var rate: Rate? { scalar.flatMap { try? Units.rate($0, in: 1 ... .max) } }
}
