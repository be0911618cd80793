import Admission
import Basics
import Border
import Routing
import SIP

// Why a route took a request or did not: the very function that routes is asked of each condition.
extension Facts {
  /// The most routes that are told of.
  private static let most = 20

  /// What was looked at to find a route.
  struct Look {
    /// The conditions of the route that took it.
    var taken: [Explanation.Condition] = []
    /// The routes before that one, or all when none did.
    var passedOver: [Explanation.PassedOver] = []
    /// How many more there are of those.
    var more = 0
  }

  var look: Look {
    guard let peer = passage.peer else { return Look() }
    var table = HeaderTable()
    do throws(Malformed) {
      try Parser.parse(judgement.octets.span, into: &table)
      return try look(Message(judgement.octets.span, table), peer)
    } catch {
      return Look()
    }
  }

  private func look(_ message: borrowing Message, _ peer: PeerID) throws(Malformed) -> Look {
    let uri = try URI.parseRequest(message.bytes, message.outline.requestURI)
    var look = Look()
    let taken = passage.route.map(Int.init)
    if let taken { look.taken = conditions(of: taken, message, uri, peer) }
    let end = taken ?? routes.count
    look.more = max(0, end - Self.most)
    for place in 0..<min(end, Self.most) {
      let route = routes[place]
      guard let mismatch = route.mismatch(message, uri, from: peer, wall: judgement.wall) else {
        continue
      }
      let conditions = conditions(of: place, message, uri, peer)
      let key = Kebab.text(mismatch)
      look.passedOver.append(
        Explanation.PassedOver(
          route: route.name, place: self.place(ofRoute: place), condition: key,
          fact: conditions.first { $0.condition == key && !$0.holds }?.fact ?? "",
          conditions: conditions))
    }
    return look
  }

  /// The conditions of a route that would take the message, and only observes.
  func conditions(ofObserved route: Int) -> [Explanation.Condition] {
    guard let peer = passage.peer else { return [] }
    var table = HeaderTable()
    do throws(Malformed) {
      try Parser.parse(judgement.octets.span, into: &table)
      return try conditions(of: route, Message(judgement.octets.span, table), peer)
    } catch {
      return []
    }
  }

  private func conditions(
    of route: Int, _ message: borrowing Message, _ peer: PeerID
  ) throws(Malformed) -> [Explanation.Condition] {
    let uri = try URI.parseRequest(message.bytes, message.outline.requestURI)
    return conditions(of: route, message, uri, peer)
  }

  private func conditions(
    of route: Int, _ message: borrowing Message, _ uri: URI, _ peer: PeerID
  ) -> [Explanation.Condition] {
    var conditions: [Explanation.Condition] = []
    for part in parts(of: route) {
      let mismatch = part.route.mismatch(message, uri, from: peer, wall: judgement.wall)
      conditions.append(
        Explanation.Condition(
          condition: Kebab.text(part.condition), wanted: part.wanted,
          found: found(part, message, uri), holds: mismatch == nil))
    }
    return conditions
  }
}
