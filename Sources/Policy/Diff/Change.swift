import Border
import Routing

/// What two policies have names for, by those of the policy as it is.
struct KnownNames: Sendable {
  let oldPeers: Set<String>
  let newPeers: Set<String>
  let oldRoutes: Set<String>
  let newRoutes: Set<String>

  init(_ old: Snapshot, _ new: Snapshot, _ renames: Renames) {
    func routes(_ snapshot: Snapshot) -> Set<String> {
      Set(snapshot.configuration.routing.routes.map(\.name))
    }
    oldPeers = Set(old.peers.names)
    newPeers = Set(new.peers.names.map { renames.peers[$0] ?? $0 })
    oldRoutes = routes(old)
    newRoutes = Set(routes(new).map { renames.routes[$0] ?? $0 })
  }
}

extension Comparison.Change {
  /// What the difference of two outcomes is about.
  init(
    _ before: Outcome, _ after: Outcome, _ witness: Witness, _ names: KnownNames
  ) {
    let subject = Self.subject(before, after, witness, names)
    self.init(
      kind: subject.kind, name: subject.name, fact: subject.fact, old: before, new: after,
      witness: witness)
  }

  private typealias Subject = (kind: String, name: String, fact: String)

  private static func subject(
    _ before: Outcome, _ after: Outcome, _ witness: Witness, _ names: KnownNames
  ) -> Subject {
    if before.verdict == nil { return ("listener", witness.listener, "is new") }
    if after.verdict == nil { return ("listener", witness.listener, "is gone") }
    if let call = witness.call {
      let lost = witness.isWithoutRouteSet ? ", without its route set" : ""
      return ("peer", before.peer ?? after.peer ?? "", "within a call as its \(call.side)\(lost)")
    }
    if before.peer != after.peer { return source(before.peer, after.peer, witness, names) }
    let wasRefused = before.cause == "method-not-allowed"
    let isRefused = after.cause == "method-not-allowed"
    let isObserved = [before, after].map { $0.observes.contains("methods") }
    if wasRefused != isRefused || isObserved[0] != isObserved[1] {
      return ("peer", before.peer ?? "", "may send other methods")
    }
    if before.guide == "route-header" || after.guide == "route-header" {
      let header = witness.headers.first ?? ""
      return ("element", "with `\(header)`", "a request leads elsewhere")
    }
    return route(before, after, names)
  }

  private static func source(
    _ before: String?, _ after: String?, _ witness: Witness, _ names: KnownNames
  ) -> Subject {
    let place = "at listener \(witness.listener)"
    switch (before, after) {
    case (nil, let peer?):
      let isNew = !names.oldPeers.contains(peer)
      return ("peer", peer, "\(isNew ? "is new, and " : "")is heard from more sources \(place)")
    case (let peer?, nil):
      let isGone = !names.newPeers.contains(peer)
      return ("peer", peer, "\(isGone ? "is gone, and " : "")is heard from fewer sources \(place)")
    case (let peer, let other):
      return ("peer", peer ?? "", "has lost sources to peer \(other ?? "") \(place)")
    }
  }

  private static func route(_ before: Outcome, _ after: Outcome, _ names: KnownNames) -> Subject {
    switch (before.route, after.route) {
    case (let route?, let other) where route != other && !names.newRoutes.contains(route):
      return ("route", route, other.map { "is gone; route \($0) takes" } ?? "is gone")
    case (let other, let route?) where route != other && !names.oldRoutes.contains(route):
      return ("route", route, "is new\(other.map { "; route \($0) took" } ?? "")")
    case (let route?, nil): return ("route", route, "does not take any more")
    case (nil, let route?): return ("route", route, "takes besides")
    case (let route?, let other?) where route != other:
      return ("route", other, "takes what route \(route) took")
    case (let route?, _): return lead(route, before, after)
    case (nil, nil): return ("element", "without a route", observed(before, after))
    }
  }

  private static func lead(_ route: String, _ before: Outcome, _ after: Outcome) -> Subject {
    guard let one = before.lead, let other = after.lead, one != other else {
      return ("route", route, observed(before, after))
    }
    let places = [one, other].map { $0.targets.map { "\($0.to) \($0.peer) \($0.listener)" } }
    if places[0] != places[1] {
      let isOrder = places[0].sorted() == places[1].sorted()
      return ("route", route, isOrder ? "has its targets in another order" : "leads elsewhere")
    }
    var keys: [String] = []
    if one.failover != other.failover { keys.append("failover") }
    if one.redirects != other.redirects { keys.append("redirects") }
    if one.targets != other.targets { keys.append("timeout") }
    return ("route", route, "has another \(keys.joined(separator: " and "))")
  }

  private static func observed(_ before: Outcome, _ after: Outcome) -> String {
    let changed = Set(before.observes).symmetricDifference(after.observes).sorted()
    guard !changed.isEmpty else { return "gets another verdict" }
    return "is observed otherwise by \(changed.joined(separator: ", "))"
  }

  /// What is told of one side. Where the sender changes, the rest follows from that.
  func telling(_ outcome: Outcome) -> String {
    guard old.peer != new.peer, outcome.verdict != nil else { return outcome.text }
    return outcome.peer.map { "from peer \($0)" } ?? "silence"
  }
  /// What changes that are told as one have in common of one side: a request by UDP and one by TCP
  /// that lead to the same places are of one kind.
  func gist(_ outcome: Outcome) -> String {
    guard old.peer == new.peer, outcome.verdict == .forward else { return telling(outcome) }
    guard let lead = outcome.lead else { return outcome.guide ?? "" }
    let places = lead.targets.map { target in
      "\(target.to.drop { $0 != ":" }) \(target.peer) \(target.timeout ?? "")"
    }
    let observed = outcome.observes.joined(separator: " ")
    return "\(outcome.route ?? "") \(places) \(lead.failover) \(lead.redirects) \(observed)"
  }
}
