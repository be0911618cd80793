package import Admission
import Authentication
import BasicContainers
package import Basics
import Cryptography
import Dialogs
import Identity
import Routing
import SIP
import Transactions

/// The stages as one version of the policy sets them up. Built once, beside the workers, and handed
/// to each of them.
package final class Regime: Sendable {
  /// Counts the versions: 1 for the first.
  package let number: UInt32
  let configuration: Configuration
  /// What Admission counts over all workers and versions.
  package let shared: Admission.Shared
  let admission: Admission.Stage
  let authentication: Authentication.Stage
  let identity: Identity.Stage
  let routing: Routing.Stage

  /// - Parameters:
  ///   - number: greater than that of every version before it.
  ///   - seed: that of the borders which it is for.
  ///   - shared: the same for all versions and workers of one element.
  package init(
    _ configuration: Configuration, number: UInt32, seed: Seed,
    sharing shared: Admission.Shared = Admission.Shared()
  ) {
    self.number = number
    self.shared = shared
    self.configuration = configuration
    admission = Admission.Stage(
      configuration.admission, sharing: shared, secret: seed.hashes)
    authentication = Authentication.Stage(configuration.authentication)
    identity = Identity.Stage(configuration.identity)
    routing = Routing.Stage(configuration.routing, secret: seed.hashes)
  }
}

extension Regime {
  /// What a rate limit of this version has done, by its place in the rules: how much it refused
  /// since the element began, and whether it does now. For any thread.
  package func standing(ofLimit rule: Int, at now: Instant) -> (refused: Int, bites: Bool) {
    (admission.refused(rule), admission.bites(rule, at: now))
  }
}

/// A version of the policy at work in a border. It cannot be copied: each request looks into it,
/// and a copy would count the references of all its tables.
struct InForce: ~Copyable, Sendable {
  let number: UInt32
  let admission: Admission.Stage
  let authentication: Authentication.Stage
  let identity: Identity.Stage
  var routing: Routing.Stage
  let callDuration: Interval
  let setupDuration: Interval
  let timing: Timing
  /// Host names that are this element's own, in lower case.
  private let names: [[UInt8]]
  /// Calls in progress that began under it, and requests that wait for their final response.
  fileprivate(set) var calls = 0
  fileprivate(set) var requests = 0
  /// Calls that have ended and requests that were answered, for which something may still come.
  fileprivate(set) var remembered = 0

  /// Whether something in progress keeps it.
  fileprivate var isNeeded: Bool { calls &+ requests > 0 }

  init(_ regime: Regime) {
    number = regime.number
    admission = regime.admission.copy()
    authentication = regime.authentication.copy()
    identity = regime.identity.copy()
    routing = regime.routing.copy()
    callDuration = regime.configuration.callDuration
    setupDuration = regime.configuration.setupDuration
    timing = regime.configuration.timing
    names = regime.configuration.names
  }

  /// Whether a host is one of this element's names.
  func isOwnName(_ host: Host, in bytes: Span<UInt8>) -> Bool {
    for place in 0..<names.count where equalsFolded(bytes, host.text, names[place]) { return true }
    return false
  }

  private func equalsFolded(_ bytes: Span<UInt8>, _ slice: Slice, _ name: [UInt8]) -> Bool {
    guard slice.count == name.count else { return false }
    for place in 0..<name.count {
      let octet = bytes[slice.start &+ place]
      guard (octet &- 0x41 < 26 ? octet | 0x20 : octet) == name[place] else { return false }
    }
    return true
  }
}

/// The version of the policy that is in force, and the earlier ones that something began under: a
/// call keeps the policy that it began under. What has ended and is only remembered keeps it too,
/// as long as there is room: one version each second would else fill it with those of the last
/// half minute. What comes late for something whose version has gone goes by the one in force.
struct Regimes: ~Copyable {
  /// What keeps a version while it is in progress.
  enum Holder { case call, request }

  /// The oldest first, and last the one in force.
  private var all = UniqueArray<InForce>()
  /// The number of the one in force.
  private(set) var number: UInt32

  init(_ first: Regime) {
    number = first.number
    all.append(InForce(first))
  }

  /// How many earlier versions there are.
  var earlier: Int { all.count &- 1 }
  /// How many of them something in progress needs: these never go.
  private(set) var needed = 0

  /// The version in force.
  var current: InForce {
    @inline(__always) _read { yield all[all.count &- 1] }
    @inline(__always) _modify { yield &all[all.count &- 1] }
  }

  /// A version by its place: the oldest has 0, the one in force `earlier`.
  subscript(earlier place: Int) -> InForce {
    @inline(__always) _read { yield all[place] }
  }

  /// The version of that number; the one in force for a number that nothing holds any more.
  subscript(number: UInt32) -> InForce {
    @inline(__always) _read { yield all[place(of: number)] }
    @inline(__always) _modify { yield &all[place(of: number)] }
  }

  @inline(__always)
  private func place(of number: UInt32) -> Int {
    number == self.number ? all.count &- 1 : search(number)
  }

  @inline(never)
  private func search(_ number: UInt32) -> Int {
    var place = 0
    while place < all.count &- 1, all[place].number != number { place &+= 1 }
    return place
  }

  /// The place of a version, unless it has gone.
  private func held(_ number: UInt32) -> Int? {
    let place = place(of: number)
    return all[place].number == number ? place : nil
  }

  /// The number itself, or that of the version in force for one that has gone.
  func governing(_ number: UInt32) -> UInt32 { all[place(of: number)].number }

  /// Puts another version in force. Of the earlier ones that are only remembered the oldest goes
  /// where there are too many.
  mutating func adopt(_ next: Regime) {
    var regime = InForce(next)
    // What is known of names is no matter of policy.
    regime.routing.names = current.routing.names
    if current.isNeeded {
      needed &+= 1
    } else if current.remembered == 0 {
      _ = all.removeLast()
    }
    number = next.number
    all.append(regime)
    while earlier > Limits.earlierPolicies, let place = firstThatMayGo() {
      _ = all.remove(at: place)
    }
  }

  private func firstThatMayGo() -> Int? {
    for place in 0..<earlier where !all[place].isNeeded { return place }
    return nil
  }

  /// Something began under a version, which is there.
  mutating func hold(_ number: UInt32, by holder: Holder) {
    let place = place(of: number)
    if place < earlier, !all[place].isNeeded { needed &+= 1 }
    count(holder, 1, at: place)
  }

  /// Something that began under a version has ended, and is remembered.
  mutating func remember(_ number: UInt32, by holder: Holder) {
    let place = place(of: number)
    all[place].remembered &+= 1
    letGo(place, by: holder)
  }

  /// What was remembered under a version goes on under it, or under the one in force if it has
  /// gone.
  /// - Returns: the number of that.
  mutating func resume(_ number: UInt32, by holder: Holder) -> UInt32 {
    let governing = governing(number)
    hold(governing, by: holder)
    release(number, by: nil)
    return governing
  }

  /// Something that began under a version is forgotten. An earlier version goes with its last one.
  /// - Parameter holder: what it was that was in progress until now; `nil` for what was only
  ///   remembered.
  mutating func release(_ number: UInt32, by holder: Holder?) {
    guard let place = held(number) else { return }
    if let holder { letGo(place, by: holder) } else { all[place].remembered &-= 1 }
    if place < earlier, !all[place].isNeeded, all[place].remembered == 0 {
      _ = all.remove(at: place)
    }
  }

  private mutating func letGo(_ place: Int, by holder: Holder) {
    count(holder, -1, at: place)
    if place < earlier, !all[place].isNeeded { needed &-= 1 }
  }

  private mutating func count(_ holder: Holder, _ change: Int, at place: Int) {
    switch holder {
    case .call: all[place].calls &+= change
    case .request: all[place].requests &+= change
    }
  }

  /// What is in progress under each earlier version that anything in progress needs.
  var holdings: [Border.Holding] {
    var found: [Border.Holding] = []
    for place in 0..<earlier where all[place].isNeeded {
      found.append(
        Border.Holding(
          policy: all[place].number, calls: all[place].calls, requests: all[place].requests))
    }
    return found
  }

  /// Tells all versions what was learnt of a name.
  mutating func noteNames(_ note: (inout NameBook) -> Void) {
    for place in 0..<all.count { note(&all[place].routing.names) }
  }
}

extension Border {
  /// Puts another version of the policy in force for all that begins from now on. What is in
  /// progress goes on under the version that it began under. Listeners, workers and the sizes of
  /// tables stay what they were when the border was made.
  package mutating func adopt(_ regime: Regime) {
    core.endAlarms()
    core.regimes.adopt(regime)
    core.tallies.grow(to: regime.configuration.admission.peers.count)
  }

  /// The number of the policy in force.
  package var policy: UInt32 { core.regimes.number }

  /// How many earlier versions are kept.
  package var earlierPolicies: Int { core.regimes.earlier }

  /// How many of them something in progress needs. The others go where there would be more than
  /// `mostEarlierPolicies`; these never do, so whoever has a further version asks before.
  package var neededPolicies: Int { core.regimes.needed }

  /// How many earlier versions may be needed: each costs its tables.
  package static let mostEarlierPolicies = Limits.earlierPolicies

  /// What is in progress under an earlier version of the policy.
  package struct Holding: Hashable, Sendable {
    /// The number of the version.
    package var policy: UInt32
    /// Calls that began under it and have not ended.
    package var calls: Int
    /// Requests that wait for their final response, those of these calls included.
    package var requests: Int

    /// What is in progress under the version of that number.
    package init(policy: UInt32, calls: Int, requests: Int) {
      (self.policy, self.calls, self.requests) = (policy, calls, requests)
    }
  }

  /// What is in progress under each earlier version that anything in progress needs, the oldest
  /// first.
  package var holdings: [Holding] { core.regimes.holdings }
}

extension Core {
  /// The peer that a message comes from, and the version of the policy that says so: the one in
  /// force or, for what belongs to something in progress, an earlier one. A response may also come
  /// from a target that sends no requests and so stands in none of its peer's sources.
  mutating func sender(_ bytes: Span<UInt8>, _ flow: Flow) -> (peer: PeerID, policy: UInt32)? {
    let owner = regimes.current.admission.owner(of: flow)
    if let owner, regimes.current.admission.lets(owner.peer, use: flow) {
      (passage.peer, passage.source) = (owner.peer, owner.place)
      return (owner.peer, regimes.number)
    }
    if let peer = Self.peer(bytes, flow, regimes.current) { return (peer, regimes.number) }
    var place = regimes.earlier
    while place > 0 {
      place &-= 1
      if let peer = Self.peer(bytes, flow, regimes[earlier: place]) {
        return (peer, regimes[earlier: place].number)
      }
    }
    passage.source = owner?.place
    passage.verdict = .silence(owner == nil ? .unknownSource : .listenerNotAllowed)
    return nil
  }

  private static func peer(_ bytes: Span<UInt8>, _ flow: Flow, _ regime: borrowing InForce)
    -> PeerID?
  {
    if let peer = regime.admission.peer(of: flow) { return peer }
    return Peek.isResponse(bytes) ? regime.admission.peer(answering: flow) : nil
  }

  /// The peer that a flow leads to or comes from, by any version that is still needed.
  mutating func peer(of flow: Flow) -> PeerID? {
    for number in 0...regimes.earlier {
      let place = regimes.earlier &- number
      if let peer = regimes[earlier: place].admission.peer(of: flow)
        ?? regimes[earlier: place].admission.peer(answering: flow)
      {
        return peer
      }
    }
    return nil
  }

  mutating func admits(_ flow: Flow) -> Bool {
    if regimes.current.admission.admits(flow) { return true }
    for place in 0..<regimes.earlier where regimes[earlier: place].admission.admits(flow) {
      return true
    }
    return false
  }

  /// What is known of a request, under the version of the policy that it goes by: within a call
  /// the one that the call began under, if that knows the sender; else the one in force.
  /// - Returns: `nil` for what begins something new and comes from a source that only an earlier
  ///   version knows.
  mutating func governed(
    _ message: borrowing Message, _ essentials: Essentials, _ turn: Turn
  ) -> Turn? {
    if regimes.earlier == 0 { return turn }
    var turn = turn
    if essentials.toTag != nil, let policy = policyOfDialog(message, essentials, turn),
      let peer = regimes[policy].admission.peer(of: turn.flow)
    {
      (turn.policy, turn.peer) = (policy, peer)
      return turn
    }
    return turn.policy == regimes.number ? turn : nil
  }

  /// What is known of a CANCEL: it goes by the policy of its INVITE, whosever its source is by now.
  /// - Returns: `nil` for one of nothing, from a source that only an earlier version knows.
  mutating func governed(_ turn: Turn, by invite: Handle?) -> Turn? {
    if regimes.earlier == 0 { return turn }
    guard let invite, let peer = regimes[servers[invite].policy].admission.peer(of: turn.flow)
    else { return turn.policy == regimes.number ? turn : nil }
    var turn = turn
    (turn.policy, turn.peer) = (regimes.governing(servers[invite].policy), peer)
    return turn
  }

  /// Whether a flow is of that peer by the policy that a server transaction keeps.
  mutating func isOf(_ peer: PeerID, _ flow: Flow, by server: Handle?) -> Bool {
    guard regimes.earlier > 0, let server, servers.contains(server) else { return false }
    let place = servers[server].policy
    let owner =
      regimes[place].admission.peer(of: flow) ?? regimes[place].admission.peer(answering: flow)
    return owner == peer
  }

  /// The version that the call of a request keeps. Before it is known, so is not which names are
  /// ours in its Route: those of the version in force, or else of an earlier one.
  private mutating func policyOfDialog(
    _ message: borrowing Message, _ essentials: Essentials, _ turn: Turn
  ) -> UInt32? {
    var turn = turn
    for age in 0...regimes.earlier {
      turn.policy = regimes[earlier: regimes.earlier &- age].number
      if let policy = policyOfCall(message, essentials, turn) { return policy }
    }
    return nil
  }

  private mutating func policyOfCall(
    _ message: borrowing Message, _ essentials: Essentials, _ turn: Turn
  ) -> UInt32? {
    do throws(Refused) {
      let uri = try requestURI(message)
      let set = try readRouteSet(message, uri, essentials, turn)
      guard let token = set.token, token.kind.isCall, token.worker == worker,
        calls.contains(token.handle)
      else { return nil }
      return regimes.governing(calls[token.handle].policy)
    } catch {
      return nil
    }
  }
}

extension Core {
  /// How long a call may last under the policy that it keeps.
  mutating func callDuration(_ call: Handle) -> Interval {
    regimes[calls[call].policy].callDuration
  }

  /// The timers by the policy that a server transaction keeps; those in force where there is none.
  mutating func timing(of server: Handle?) -> Timing {
    guard let server, servers.contains(server) else { return regimes.current.timing }
    return regimes[servers[server].policy].timing
  }
}
