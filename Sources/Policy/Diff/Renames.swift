import Admission
import Border
import Routing

/// A peer or a route that is called something else, and is the same otherwise: no request gets
/// another verdict by that.
package struct Rename: Hashable, Sendable, Encodable {
  /// `peer` or `route`.
  package var kind: String
  /// What it was called.
  package var old: String
  /// What it is called now.
  package var new: String
  /// Where it was written: `file:line:column`.
  package var oldPlace: String?
  /// Where it is written now.
  package var newPlace: String?
}

/// The old name of each peer and each route that has a new one.
struct Renames: Sendable {
  private(set) var peers: [String: String] = [:]
  private(set) var routes: [String: String] = [:]
  private(set) var told: [Rename] = []

  init(_ old: Snapshot, _ new: Snapshot) {
    let before = Meanings(old)
    peers = Self.pairs(
      (old.peers.names, before.peers), (new.peers.names, Meanings(new).peers))
    let after = Meanings(new, peers)
    routes = Self.pairs(Self.groups(before.routes), Self.groups(after.routes))
    tellPeers(old, new)
    tellRoutes(old, new)
  }

  /// Names that are gone, each with the first new one that means the same.
  private static func pairs<Meaning: Hashable>(
    _ old: (names: [String], meanings: [String: Meaning]),
    _ new: (names: [String], meanings: [String: Meaning])
  ) -> [String: String] {
    var gone: [Meaning: [String]] = [:]
    for name in old.names.reversed() where new.meanings[name] == nil {
      if let meaning = old.meanings[name] { gone[meaning, default: []].append(name) }
    }
    var pairs: [String: String] = [:]
    for name in new.names where old.meanings[name] == nil && pairs[name] == nil {
      guard let meaning = new.meanings[name], let other = gone[meaning]?.popLast() else { continue }
      pairs[name] = other
    }
    return pairs
  }

  /// The rows of a table can have one name together.
  private static func groups(
    _ routes: [Meanings.Named]
  ) -> (names: [String], meanings: [String: [RouteMeaning]]) {
    var names: [String] = []
    var groups: [String: [RouteMeaning]] = [:]
    for route in routes {
      if groups[route.name] == nil { names.append(route.name) }
      groups[route.name, default: []].append(route.meaning)
    }
    return (names, groups)
  }

  // MARK: To be told

  private mutating func tellPeers(_ old: Snapshot, _ new: Snapshot) {
    if peers.isEmpty { return }
    func places(_ snapshot: Snapshot) -> [String: String] {
      var places: [String: String] = [:]
      for (peer, place) in snapshot.places.peers {
        places[snapshot.peers.names[Int(peer.raw)]] = snapshot.places.text(place)
      }
      return places
    }
    tell("peer", new.peers.names, peers, (places(old), places(new)))
  }

  private mutating func tellRoutes(_ old: Snapshot, _ new: Snapshot) {
    if routes.isEmpty { return }
    func places(_ snapshot: Snapshot) -> [String: String] {
      var places: [String: String] = [:]
      for (number, route) in snapshot.configuration.routing.routes.enumerated()
      where places[route.name] == nil {
        places[route.name] = snapshot.places.text(snapshot.places.routes[number])
      }
      return places
    }
    tell("route", new.configuration.routing.routes.map(\.name), routes, (places(old), places(new)))
  }

  private mutating func tell(
    _ kind: String, _ names: [String], _ renamed: [String: String],
    _ places: (old: [String: String], new: [String: String])
  ) {
    var seen: Set<String> = []
    for name in names where seen.insert(name).inserted {
      guard let other = renamed[name] else { continue }
      told.append(
        Rename(
          kind: kind, old: other, new: name, oldPlace: places.old[other],
          newPlace: places.new[name]))
    }
  }
}

extension Outcome {
  /// The same, with the names that the policy before had.
  func renamed(_ renames: Renames) -> Outcome {
    if renames.told.isEmpty { return self }
    var outcome = self
    outcome.peer = peer.map { renames.peers[$0] ?? $0 }
    outcome.route = route.map { renames.routes[$0] ?? $0 }
    outcome.observes = observes.map { renames.routes[$0] ?? $0 }
    for place in outcome.lead?.targets.indices ?? 0..<0 {
      guard let name = outcome.lead?.targets[place].peer else { continue }
      outcome.lead?.targets[place].peer = renames.peers[name] ?? name
    }
    return outcome
  }
}
