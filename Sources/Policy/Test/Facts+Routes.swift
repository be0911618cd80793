import Admission
import Basics
import Border
import Routing
import SIP

// Why a route did not take a request: the very function that routes says which condition failed.
extension Facts {
  /// The most routes that are told of.
  private static let most = 20

  /// The routes before the one that took it, or all when none did.
  var passedOver: [Explanation.PassedOver] {
    guard let peer = passage.peer else { return [] }
    let end = passage.route.map(Int.init) ?? routes.count
    var table = HeaderTable()
    do throws(Malformed) {
      try Parser.parse(judgement.octets.span, into: &table)
      return try passedOver(before: end, Message(judgement.octets.span, table), peer)
    } catch {
      return []
    }
  }

  private func passedOver(
    before end: Int, _ message: borrowing Message, _ peer: PeerID
  ) throws(Malformed) -> [Explanation.PassedOver] {
    let uri = try URI.parseRequest(message.bytes, message.outline.requestURI)
    var found: [Explanation.PassedOver] = []
    for place in 0..<min(end, Self.most) {
      let route = routes[place]
      guard let mismatch = route.mismatch(message, uri, from: peer, wall: judgement.wall) else {
        continue
      }
      found.append(
        Explanation.PassedOver(
          route: route.name, place: self.place(ofRoute: place), condition: Kebab.text(mismatch),
          fact: fact(mismatch, route, message, uri)))
    }
    return found
  }

  private func fact(
    _ mismatch: Routing.Rules.Route.Mismatch, _ route: Routing.Rules.Route,
    _ message: borrowing Message, _ uri: URI
  ) -> String {
    switch mismatch {
    case .method: return "it is for \(route.methods.words); this is \(transcript.method)"
    case .scheme:
      let schemes = [("sip", Scheme.sip), ("sips", .sips), ("tel", .tel)]
      let own = schemes.filter { route.schemes.contains($0.1) }.map(\.0)
      return "it is for \(Self.list(own)); this is `\(text(message.bytes, uri.schemeText))`"
    case .from: return "it is for \(Self.list(route.from.map(name))); this is from \(sender)"
    case .domain:
      let own = route.domains.map { String(decoding: $0, as: UTF8.self) }
      return
        "it is for \(Self.list(own)); this is for `\(text(message.bytes, uri.hostPort.host.text))`"
    case .userPrefix:
      let own = route.userPrefixes.map { String(decoding: $0, as: UTF8.self) }
      let user = uri.user ?? (uri.scheme == .tel ? uri.opaque : nil)
      let this = user.map { "this is `\(text(message.bytes, $0))`" } ?? "this has no user"
      return "it is for users that begin with \(Self.list(own)); \(this)"
    case .userPattern: return "its user is none that the route's patterns ask for"
    case .time: return "it is not open at \(Moment.text(judgement.wall))"
    case .caller: return "it asks for another From; this is `\(first("From"))`"
    case .callee: return "it asks for another To; this is `\(first("To"))`"
    case .header: return "a header that it asks for is not there, or not as it should be"
    }
  }

  private func first(_ header: String) -> String {
    transcript.all(header).first?.shortened ?? ""
  }

  private var sender: String { passage.peer.map { "`\(name($0))`" } ?? "nobody" }

  /// `a`, `b` or `c`; of many only the first.
  private static func list(_ words: [String]) -> String {
    let shown = words.prefix(5).map { "`\($0)`" }
    if words.count > 5 { return "\(shown.joined(separator: ", ")) and \(words.count - 5) more" }
    guard let last = shown.last, shown.count > 1 else { return shown.first ?? "nothing" }
    return "\(shown.dropLast().joined(separator: ", ")) or \(last)"
  }

  private func text(_ bytes: Span<UInt8>, _ slice: Slice) -> String {
    var copy: [UInt8] = []
    copy.append(addingCapacity: slice.count) { $0.write(bytes, slice) }
    return String(decoding: copy, as: UTF8.self)
  }
}
