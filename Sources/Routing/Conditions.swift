package import SIP
package import Admission
import Basics

/// What a URI must be like. Each list is a choice, and an empty one asks for nothing.
package struct Party: Hashable, Sendable {
  /// Its host, in lower case.
  package var domains: [[UInt8]] = []
  /// The beginning of its user, or of the number of a tel URI.
  package var userPrefixes: [[UInt8]] = []
  /// The whole of its user, or of that number.
  package var userPatterns: [UserPattern] = []

  package init() {}

  @inline(__always)
  var asksForNothing: Bool { domains.isEmpty && userPrefixes.isEmpty && userPatterns.isEmpty }

  func holds(_ bytes: Span<UInt8>, _ uri: URI) -> Bool { mismatch(bytes, uri) == nil }

  /// What does not hold, named as a route names it for the Request-URI.
  func mismatch(_ bytes: Span<UInt8>, _ uri: URI) -> Rules.Route.Mismatch? {
    guard domainHolds(bytes, uri) else { return .domain }
    if userPrefixes.isEmpty, userPatterns.isEmpty { return nil }
    guard let user = uri.user ?? (uri.scheme == .tel ? uri.opaque : nil) else {
      return userPrefixes.isEmpty ? .userPattern : .userPrefix
    }
    guard beginningHolds(bytes, user) else { return .userPrefix }
    return patternHolds(bytes, user) ? nil : .userPattern
  }

  private func domainHolds(_ bytes: Span<UInt8>, _ uri: URI) -> Bool {
    if domains.isEmpty { return true }
    let host = uri.hostPort.host.text
    for place in 0..<domains.count where equalsFolded(bytes, host, domains[place]) { return true }
    return false
  }

  private func beginningHolds(_ bytes: Span<UInt8>, _ user: Slice) -> Bool {
    if userPrefixes.isEmpty { return true }
    for place in 0..<userPrefixes.count where begins(bytes, user, userPrefixes[place]) {
      return true
    }
    return false
  }

  private func patternHolds(_ bytes: Span<UInt8>, _ user: Slice) -> Bool {
    if userPatterns.isEmpty { return true }
    for place in 0..<userPatterns.count where userPatterns[place].matches(bytes, user) {
      return true
    }
    return false
  }

  /// Whether this holds wherever the other does, as far as the texts of both tell.
  func covers(_ other: Party) -> Bool {
    Self.covers(domains, other.domains, ==)
      && Self.covers(userPrefixes, other.userPrefixes) { $1.starts(with: $0) }
      && Self.covers(userPatterns, other.userPatterns) { $0.covers($1) }
  }

  private static func covers<Choice>(
    _ wide: [Choice], _ narrow: [Choice], _ isWithin: (Choice, Choice) -> Bool
  ) -> Bool {
    if wide.isEmpty { return true }
    return !narrow.isEmpty && narrow.allSatisfy { one in wide.contains { isWithin($0, one) } }
  }
}

extension Rules.Route {
  /// A condition of a route that does not hold, by the key that it has in a policy.
  package enum Mismatch: UInt8, Hashable, Sendable {
    case method, scheme, from, domain, userPrefix, userPattern, time, caller, callee, header
  }

  /// Whether all conditions hold.
  func matches(
    _ message: borrowing Message, _ uri: URI, from peer: PeerID, wall: Int64
  ) -> Bool {
    mismatch(message, uri, from: peer, wall: wall) == nil
  }

  /// The first condition that does not hold; `nil` when all do. What costs least is looked at
  /// first.
  /// - Parameter wall: in nanoseconds since 1970-01-01T00:00:00Z.
  package func mismatch(
    _ message: borrowing Message, _ uri: URI, from peer: PeerID, wall: Int64
  ) -> Mismatch? {
    guard methods.contains(message.method) else { return .method }
    guard schemes.contains(uri.scheme) else { return .scheme }
    guard isFor(peer) else { return .from }
    if let mismatch = requestURI.mismatch(message.bytes, uri) { return mismatch }
    guard isOpen(wall) else { return .time }
    guard holds(caller, message, message.outline.from) else { return .caller }
    guard holds(callee, message, message.outline.to) else { return .callee }
    for place in 0..<headers.count where !headers[place].holds(message) { return .header }
    return nil
  }

  private func isFor(_ peer: PeerID) -> Bool {
    if from.isEmpty { return true }
    for place in 0..<from.count where from[place] == peer { return true }
    return false
  }

  private func isOpen(_ wall: Int64) -> Bool {
    if hours.isEmpty { return true }
    for place in 0..<hours.count where hours[place].hold(at: wall) { return true }
    return false
  }

  /// Whether what is asked of a From or To holds. One that is missing or broken is nobody's.
  private func holds(_ party: Party, _ message: borrowing Message, _ header: UInt8) -> Bool {
    if party.asksForNothing { return true }
    guard let header = message.header(header) else { return false }
    do throws(Malformed) {
      let address = try NameAddress.parse(message.bytes, header.value)
      return party.holds(message.bytes, address.uri)
    } catch {
      return false
    }
  }

  /// Whether this route takes every request that the other would take, as far as their conditions
  /// tell as they are written: one that is said in other words is not seen. One that only observes
  /// takes none.
  package func covers(_ other: Rules.Route) -> Bool {
    guard mode == .enforce else { return false }
    let takesPeers = from.isEmpty || !other.from.isEmpty && other.from.allSatisfy(from.contains)
    let takesHours =
      hours.isEmpty || !other.hours.isEmpty && other.hours.allSatisfy(hours.contains)
    return takesPeers && takesHours && other.methods.bits & ~methods.bits == 0
      && schemes.isSuperset(of: other.schemes) && requestURI.covers(other.requestURI)
      && caller.covers(other.caller) && callee.covers(other.callee)
      && headers.allSatisfy(other.headers.contains)
  }
}

/// Whether a range of octets is this text, which is in lower case.
func equalsFolded(_ bytes: Span<UInt8>, _ slice: Slice, _ text: [UInt8]) -> Bool {
  guard slice.count == text.count else { return false }
  for place in 0..<text.count where folded(bytes[slice.start &+ place]) != text[place] {
    return false
  }
  return true
}

/// An ASCII letter in lower case; any other octet as it is.
@inline(__always)
func folded(_ octet: UInt8) -> UInt8 { octet &- 0x41 < 26 ? octet | 0x20 : octet }
