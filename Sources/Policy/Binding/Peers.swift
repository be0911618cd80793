import Admission
import Basics
import Border
import Routing
import SIP

// MARK: Peers

extension Binder {
  mutating func bindPeers() {
    for node in root.all("peers") { nameOfPeer(node) }
    let unknown = Admission.Rules.Peer(
      id: PeerID(raw: 0), name: "", listeners: 0, methods: MethodSet(bits: 0))
    // A number whose name is not in this policy has a peer that may do nothing.
    admission.peers = names.names.enumerated().map { place, name in
      var peer = unknown
      peer.id = PeerID(raw: UInt16(place))
      peer.name = name
      return peer
    }
    routing.peers = Array(repeating: Routing.Rules.Peer(), count: names.names.count)
    var owners: [Prefix: String] = [:]
    var bound: Set<String> = []
    for node in root.all("peers") {
      guard let name = node.word("name"), let place = peerPlaces[name],
        bound.insert(name).inserted
      else { continue }
      bindPeer(node, place)
      bindSources(node, place, &owners)
    }
    addTargetsToSources(owners)
  }

  private mutating func nameOfPeer(_ node: Node) {
    guard let name = node.word("name") else { return }
    let place = node["name"]?.place ?? node.place
    guard peerPlaces[name] == nil else {
      return findings.add(.duplicateName, place, "there is already a peer `\(name)`")
    }
    guard let id = names.id(of: name) else {
      return findings.add(
        .tooMany, place, "there can be at most \(Limits.peers) peers, over all reloads")
    }
    peerPlaces[name] = peers.count
    peers.append(BoundPeer(name: name, id: id, place: place))
  }

  private mutating func bindPeer(_ node: Node, _ place: Int) {
    let id = Int(peers[place].id.raw)
    let every = UInt64.max >> UInt64(64 - max(1, listeners.count))
    let bits = node["listeners"] == nil ? every : listenerBits(node.all("listeners"))
    if let list = node["listeners"], case .list(let items) = list.content, items.isEmpty {
      findings.add(
        .deadEnd, list.place, "a peer without a listener can neither call nor be called",
        remedy: "name its listeners, or leave the key out where it may use all")
    }
    peers[place].listeners = bits
    peers[place].timeout = node["timeout"]?.interval
    admission.peers[id].listeners = bits
    bindIngress(of: node, id)
    let tells = root.inForce(.admission, "decision-id", peer: node)
    admission.peers[id].tellsDecisions = tells?.scalar == "on"
    admission.peers[id].maxDuration =
      root.inForce(.admission, "max-duration", peer: node)?.interval
    routing.peers[id].ipv4 = choice(bits, isIPv4: true)
    routing.peers[id].ipv6 = choice(bits, isIPv4: false)
    for name in node.all("names") {
      guard let text = name.scalar, let host = try? Addresses.hostName(text) else { continue }
      if claim(host, for: "peer `\(peers[place].name)`", name.place) {
        routing.peers[id].names.append(host)
      }
    }
    bindTargets(node, place)
  }

  private mutating func bindTargets(_ node: Node, _ place: Int) {
    let id = peers[place].id
    peers[place].namesTargets = !node.all("targets").isEmpty
    for item in node.all("targets") {
      guard let text = item.scalar, let written = try? Addresses.target(text) else { continue }
      let ways = routing.peers[Int(id.raw)]
      let listeners = written.endpoint.address.isIPv4 ? ways.ipv4 : ways.ipv6
      explainUnreachable(written, listeners, peers[place].name, item.place)
      var target = Target(
        peer: id, transport: written.transport, endpoint: written.endpoint, listeners: listeners)
      target.timeout = peers[place].timeout
      peers[place].targets.append(target)
    }
    let start = routing.peerTargets.count
    routing.peerTargets += peers[place].targets
    routing.peers[Int(id.raw)].targets = start..<routing.peerTargets.count
  }

  /// A target leaves by a listener of its own transport and address family.
  private mutating func explainUnreachable(
    _ target: WrittenTarget, _ listeners: ListenerChoice, _ peer: String, _ place: Place
  ) {
    // Listeners that are wrong themselves would only be told of twice.
    guard !self.listeners.contains(where: { $0.value.local.port == 0 }) else { return }
    let family = target.endpoint.address.isIPv4 ? "IPv4" : "IPv6"
    if let transport = target.transport {
      guard listeners.listener(for: transport) == nil else { return }
      findings.add(
        .deadEnd, place,
        "no listener of peer `\(peer)` sends \(transport.word.uppercased()) over \(family)")
    } else if listeners.udp == nil, listeners.tcp == nil {
      findings.add(.deadEnd, place, "no listener of peer `\(peer)` sends over \(family)")
    }
  }

  /// The first listener that fits, for each transport.
  private func choice(_ bits: UInt64, isIPv4: Bool) -> ListenerChoice {
    var choice = ListenerChoice()
    for (place, listener) in listeners.enumerated().reversed()
    where bits >> UInt64(place) & 1 != 0 && listener.value.local.address.isIPv4 == isIPv4 {
      if listener.value.transport == .udp { choice.udp = UInt8(place) }
      if listener.value.transport == .tcp { choice.tcp = UInt8(place) }
    }
    return choice
  }
}

// MARK: Sources

extension Binder {
  private mutating func bindSources(_ node: Node, _ place: Int, _ owners: inout [Prefix: String]) {
    let peer = peers[place]
    for item in node.all("sources") {
      guard let text = item.scalar, let prefix = try? Addresses.prefix(text) else { continue }
      if let owner = owners[prefix] {
        findings.add(.sharedAddress, item.place, "`\(text)` is already a source of peer `\(owner)`")
        continue
      }
      owners[prefix] = peer.name
      admission.sources.append(
        Admission.Rules.Source(network: prefix.network, bits: prefix.bits, peer: peer.id))
      places.sources.append(item.place)
    }
  }

  /// A request within a call may go to an address that is a peer's target, though nothing but
  /// responses comes from there.
  private mutating func addTargetsToSources(_ owners: [Prefix: String]) {
    routing.sources = admission.sources
    var known = Set(owners.keys)
    for peer in peers {
      for target in peer.targets {
        let host = Prefix(network: target.endpoint.address, bits: 128)
        guard known.insert(host).inserted else { continue }
        let source = Admission.Rules.Source(
          network: host.network, bits: host.bits, peer: peer.id)
        routing.sources.append(source)
        admission.answering.append(source)
      }
    }
  }
}

extension Transport {
  /// As a policy would write it.
  var word: String { "\(self)" }
}
