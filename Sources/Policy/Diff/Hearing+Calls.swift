import Admission
import Border
import Routing
import SIP

// Requests within a call. Each policy sets the call up for itself: one that was begun keeps the
// policy that it began under.
extension Hearing {
  /// Requests that set a call up are sought for so many routes before it is given up.
  private static let tries = 20

  /// Of each peer that may send other requests, or is heard from other places, a call that it
  /// begins and one that it is called in; and any call, where lost route sets are treated
  /// otherwise.
  mutating func askOfCalls(_ known: [Caller]) {
    let routing = (
      snapshots.old.configuration.routing, snapshots.new.configuration.routing
    )
    let isMended = routing.0.mendsLostRoutes != routing.1.mendsLostRoutes
    let peers = delta.senders.sorted()
    for (place, peer) in peers.prefix(bounds.callers).enumerated() {
      for isCaller in [true, false] {
        guard mayAsk("requests within calls of \(peers.count - place) peers, from `\(peer)` on")
        else { return }
        guard let setup = setup(of: peer, isCaller: isCaller, known) else { continue }
        askWithin(setup, methods: delta.methods(of: peer), lost: false)
      }
    }
    if peers.count > bounds.callers {
      miss(
        "requests within calls of \(peers.count - bounds.callers) peers, from"
          + " `\(peers[bounds.callers])` on: the bound of \(bounds.callers) peers was reached")
    }
    guard isMended, mayAsk("requests within calls whose route set is lost") else { return }
    for place in candidates(for: nil, isCaller: true).prefix(Self.tries) {
      guard let setup = setup(place, known) else { continue }
      return askWithin(setup, methods: [.bye, .invite], lost: true)
    }
  }

  private mutating func askWithin(_ setup: Witness, methods: [Method], lost: Bool) {
    // The end of the call comes last.
    let order = methods.filter { $0 != .bye } + [.bye]
    var witnesses: [Witness] = []
    for method in order {
      for side in ["caller", "callee"] {
        var witness = setup
        witness.call = Witness.Call(request: setup.request, headers: setup.headers, side: side)
        witness.request = Grid.name(method)
        witness.headers = lost ? ["Route:"] : []
        witnesses.append(witness)
      }
    }
    let outcomes = (old.outcomes(within: witnesses), new.outcomes(within: witnesses))
    for (witness, (before, after)) in zip(witnesses, zip(outcomes.0, outcomes.1)) {
      countRequest()
      guard let before, let after else { continue }
      _ = note(before, after, witness)
    }
  }

  // MARK: Calls

  /// A request that both policies send on, and that a peer begins a call with or is called by.
  private mutating func setup(
    of peer: String, isCaller: Bool, _ known: [Caller]
  ) -> Witness? {
    let callers = known.filter { caller in
      !isCaller || caller.old.map { name($0, snapshots.old) == peer } ?? false
    }
    if callers.isEmpty { return nil }
    for place in candidates(for: peer, isCaller: isCaller).prefix(Self.tries) {
      guard let setup = setup(place, callers) else { continue }
      return setup
    }
    return nil
  }

  /// Routes that calls can take which a peer begins, or by which it is called.
  private func candidates(for peer: String?, isCaller: Bool) -> [Int] {
    let routing = snapshots.old.configuration.routing
    let number = peer.flatMap { snapshots.old.peers.names.firstIndex(of: $0) }
    let id = number.map { PeerID(raw: UInt16($0)) }
    return routing.routes.indices.filter { place in
      let route = routing.routes[place]
      guard route.mode == .enforce, route.methods.contains(.invite) else { return false }
      guard let id else { return true }
      if isCaller { return route.from.isEmpty || route.from.contains(id) }
      return !route.targets.isEmpty && routing.targets[route.targets.lowerBound].peer == id
    }
  }

  /// An INVITE by one route of the policy as it is, where both policies send it on.
  private mutating func setup(_ route: Int, _ callers: [Caller]) -> Witness? {
    let scheme =
      snapshots.old.configuration.routing.routes[route].schemes.contains(.sip) ? "sip" : "tel"
    let grid = Grid(
      (snapshots.old, [route]), (snapshots.new, []), scheme: scheme, callers: callers,
      most: bounds.values)
    guard let entry = grid.old.first, entry.route == route,
      let invite = Grid.methods.firstIndex(of: .invite)
    else { return nil }
    var methods = Bits(count: Grid.methods.count)
    methods.insert(invite)
    guard let box = grid.parts(of: entry.box.with(1, methods)).first,
      let part = search.part(of: box, outside: grid.refused.old + grid.refused.new),
      let witness = grid.witness(part)
    else { return nil }
    countRequest()
    guard let before = old.outcome(of: witness), let after = new.outcome(of: witness),
      before.verdict == .forward, after.verdict == .forward
    else { return nil }
    return witness
  }
}

extension Delta {
  /// Methods of requests within a call that are worth a look: those that end or change it, and
  /// those that the peer may send in one policy only.
  fileprivate func methods(of peer: String) -> [Method] {
    let usual: Set<Method> = [.bye, .invite]
    return Grid.methods.filter { usual.contains($0) || changedMethods[peer]?.contains($0) ?? false }
  }
}
