import Admission
import Basics
import Border
import Routing
import SIP

/// The questions that two policies are asked, and what came of them.
struct Hearing: ~Copyable {
  /// The most peers that are named of one kind of changes.
  static let peers = 64

  var old: Bench
  var new: Bench
  let snapshots: (old: Snapshot, new: Snapshot)
  let delta: Delta
  private let names: KnownNames
  let bounds: Comparison.Bounds
  let callers: [Caller]
  private(set) var comparison = Comparison()
  var search: BoxSearch
  private var kinds: [Kind: Int] = [:]
  /// Whether as many requests were made as may be.
  private(set) var isFull = false

  /// What changes have in common that are told as one.
  private struct Kind: Hashable {
    var name: String
    var fact: String
    var old: String
    var new: String
  }

  init(_ old: Snapshot, _ new: Snapshot, within bounds: Comparison.Bounds) {
    self.old = Bench(old)
    self.new = Bench(new)
    self.bounds = bounds
    snapshots = (old, new)
    let delta = Delta(old, new, isWhole: !bounds.leavesOutWhatIsAlike)
    self.delta = delta
    names = KnownNames(old, new, delta.renames)
    search = BoxSearch(steps: bounds.steps)
    callers = Caller.all(old, new)
    comparison.renames = delta.renames.told
  }

  mutating func askAll() {
    askOfCallers()
    let known = known
    for scheme in ["sip", "tel"] where !known.isEmpty && hasRoutesToCompare {
      let grid = Grid(
        (snapshots.old, delta.old.kept), (snapshots.new, delta.new.kept), scheme: scheme,
        callers: known, most: bounds.values)
      for gap in grid.gaps { miss(gap) }
      askOfRoutes(grid)
    }
    askOfNames(known)
    askOfCalls(known)
    comparison.changes.sort { ($0.kind, $0.name) < ($1.kind, $1.name) }
  }

  /// Callers that are one peer's to both policies. Of others it is told that they are not.
  private var known: [Caller] {
    callers.filter { caller in
      guard let old = caller.old, let new = caller.new else { return false }
      return name(old, snapshots.old) == renamed(new)
    }
  }

  func name(_ peer: PeerID, _ snapshot: Snapshot) -> String { snapshot.peers.names[Int(peer.raw)] }

  /// The name that a peer of the new policy has for the comparison.
  func renamed(_ peer: PeerID) -> String {
    let name = name(peer, snapshots.new)
    return delta.renames.peers[name] ?? name
  }

  private var hasRoutesToCompare: Bool {
    delta.isRestChanged || !delta.old.changed.isEmpty || !delta.new.changed.isEmpty
  }

  /// Notes what was not compared.
  mutating func miss(_ what: String) {
    if !comparison.gaps.contains(what) { comparison.gaps.append(what) }
  }

  /// Whether one more request may be made.
  mutating func mayAsk() -> Bool {
    if comparison.requests >= bounds.requests { isFull = true }
    return !isFull
  }

  /// Whether one more request may be made; if not, what is left out is noted.
  mutating func mayAsk(_ rest: String) -> Bool {
    if mayAsk() { return true }
    miss("\(rest): the bound of \(bounds.requests) requests was reached")
    return false
  }

  // MARK: One request

  /// Puts a request to both.
  /// - Returns: whether it shows a change.
  @discardableResult
  mutating func ask(_ witness: Witness) -> Bool {
    comparison.requests += 1
    guard let before = old.outcome(of: witness), let after = new.outcome(of: witness) else {
      return false
    }
    return note(before, after, witness)
  }

  /// Holds two outcomes of one request against each other.
  mutating func note(_ before: Outcome, _ given: Outcome, _ witness: Witness) -> Bool {
    let after = given.renamed(delta.renames)
    guard before.essence != after.essence else { return false }
    let change = Comparison.Change(before, after, witness, names)
    let kind = Kind(
      name: "\(change.kind) \(change.name)", fact: change.fact, old: change.gist(before),
      new: change.gist(after))
    let place = kinds[kind] ?? comparison.changes.count
    if place == comparison.changes.count { comparison.changes.append(change) }
    kinds[kind] = place
    note(witness.request.split(separator: " ").first.map(String.init), in: \.methods, of: place)
    note(before.peer ?? after.peer, in: \.peers, of: place)
    return true
  }

  mutating func countRequest() { comparison.requests += 1 }

  private mutating func note(
    _ word: String?, in list: WritableKeyPath<Comparison.Change, [String]>, of place: Int
  ) {
    guard let word, !comparison.changes[place][keyPath: list].contains(word) else { return }
    comparison.changes[place][keyPath: list].append(word)
  }

  // MARK: Sources and methods

  /// Whoever is somebody else's to the other policy, or may send something else.
  private mutating func askOfCallers() {
    for (number, caller) in callers.enumerated() {
      let before = caller.old.map { snapshots.old.configuration.admission.peers[Int($0.raw)] }
      let after = caller.new.map { snapshots.new.configuration.admission.peers[Int($0.raw)] }
      let isSame = before?.name == caller.new.map { renamed($0) }
      if isSame, before?.methods == after?.methods, before?.mode == after?.mode { continue }
      for method in isSame ? Grid.methods : [.invite] {
        let rest = "the callers from \(caller.from) on (\(callers.count - number) of"
        guard mayAsk("\(rest) \(callers.count) places that requests come from)") else { return }
        var draft = Draft()
        draft.method = Grid.name(method)
        ask(draft.witness(from: caller.from, to: caller.listener))
      }
    }
  }

  // MARK: Names

  /// Requests that the routes have no say in: those with a Route header, and those for the element
  /// itself.
  private mutating func askOfNames(_ callers: [Caller]) {
    let isWhole = !delta.areListenersAlike || snapshots.old.localTexts != snapshots.new.localTexts
    let own = snapshots.old.ownNames.symmetricDifference(snapshots.new.ownNames).sorted()
    var hops = snapshots.old.hops { isWhole || delta.peers.contains($0) }
    hops += snapshots.new.hops {
      isWhole || delta.peers.contains(delta.renames.peers[$0] ?? $0)
    }
    var seen: Set<String> = []
    let all = (hops + own + [Samples.foreignHost]).filter { seen.insert($0).inserted }
    var listeners: Set<String> = []
    for caller in callers where listeners.insert(caller.listener).inserted {
      for hop in all {
        guard mayAsk("requests with a Route to `\(hop)` and others") else { return }
        var draft = Draft()
        draft.headers = [("Route", ["<sip:\(hop);lr>"])]
        ask(draft.witness(from: caller.from, to: caller.listener))
      }
      for name in own {
        guard mayAsk("requests for the element's own name `\(name)` and others") else { return }
        ask(
          Witness(request: "OPTIONS sip:\(name)", from: caller.from, listener: caller.listener))
      }
    }
  }
}

extension Snapshot {
  /// Where a Route header may lead: names of peers, their targets, and an address of each source.
  fileprivate func hops(of isWanted: (String) -> Bool) -> [String] {
    let routing = configuration.routing
    var hops: [String] = []
    for (place, peer) in routing.peers.enumerated() where isWanted(peers.names[place]) {
      hops += peer.names.map { String(decoding: $0, as: UTF8.self) }
      hops += routing.peerTargets[peer.targets].map(\.endpoint.text)
    }
    let addresses = Caller.representatives(of: routing.sources) {
      isWanted(peers.names[Int($0.peer.raw)])
    }
    return hops + addresses.map { $0.isIPv4 ? $0.text : "[\($0.text)]" }
  }

  fileprivate var localTexts: [String: String] {
    var texts: [String: String] = [:]
    for (name, listener) in zip(listeners, configuration.listeners) {
      texts[name] = "\(listener.transport.word):\(listener.local.text)"
    }
    return texts
  }

  fileprivate var ownNames: Set<String> {
    Set(
      configuration.names.map { String(decoding: $0, as: UTF8.self) }
        + configuration.listeners.map(\.local.text))
  }
}
