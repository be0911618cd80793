import Admission
import Authentication
import Basics
import Border
import Identity
import Media
import Routing
import SIP
import Topology

/// From a tree to the rules of each stage. Goes on after an error, so that all of them are told.
struct Binder {
  /// A listener with what is to be said of it.
  struct BoundListener {
    var name: String
    var value: Listener
  }

  /// A peer with the places that later findings name.
  struct BoundPeer {
    var name: String
    var id: PeerID
    var place: Place
    /// A bit for each listener.
    var listeners: UInt64 = 0
    var timeout: Interval?
    var targets: [Target] = []
    /// Whether the policy gives it targets, be they right or wrong.
    var namesTargets = false
    /// Whether a route leads to it.
    var isUsed = false
  }

  let root: Node
  var findings: Findings
  var names: PeerNames
  let cores: Int
  /// Where tables of routes are read from.
  let library: Library
  var listeners: [BoundListener] = []
  /// The peers in the order of the file, by their names.
  var peers: [BoundPeer] = []
  var peerPlaces: [String: Int] = [:]
  var admission = Admission.Rules(peers: [], sources: [])
  var routing = Routing.Rules()
  /// Host names of peers and of the element, and whose they are.
  var hostNames: [[UInt8]: String] = [:]
  var places = Places()
  /// Lines of tables so far.
  var tableLines = 0
  /// How many more words may be compared with one that nothing is called by.
  private var comparisons = Limits.spellings

  init(
    _ root: Node, _ findings: Findings, _ names: PeerNames, cores: Int,
    from library: Library = .memory([:])
  ) {
    self.library = library
    self.root = root
    self.findings = findings
    self.names = names
    self.cores = cores
  }

  consuming func snapshot() throws(Rejection) -> Snapshot {
    let settings = settings()
    bindListeners()
    let own = ownNames()
    bindPeers()
    bindUnknown()
    bindRateLimits()
    bindSessionLimits()
    bindRouting()
    bindRoutes()
    guard !findings.hasErrors else { throw findings.rejection }
    places.files = findings.files
    places.noteKeys(root)
    for peer in peers { places.peers[peer.id] = peer.place }
    let study = Study(
      root: root, configuration: configuration(settings, own), settings: settings, peers: peers,
      listeners: listeners, places: places)
    study.run(Rule.all, into: &findings)
    return Snapshot(
      configuration: study.configuration, settings: settings, listeners: listeners.map(\.name),
      peers: names, places: places, tree: root, remarks: findings.sorted)
  }

  private func configuration(_ settings: Settings, _ own: [[UInt8]]) -> Configuration {
    var configuration = Configuration(
      listeners: listeners.map(\.value), admission: admission,
      authentication: Authentication.Rules(), identity: Identity.Rules(), routing: routing,
      topology: Topology.Rules(), media: Media.Rules())
    configuration.names = own
    configuration.capacity = Self.capacity(settings)
    if let octets = settings.tables.sources { configuration.admission.sourceTable = octets }
    let limits = root["element"]?["limits"]
    if let duration = limits?.interval("call-duration") { configuration.callDuration = duration }
    if let setup = limits?.interval("setup-duration") { configuration.setupDuration = setup }
    if let timerC = root["routing"]?.interval("timer-c") { configuration.timerC = timerC }
    return configuration
  }
}

// MARK: The element

extension Binder {
  private func settings() -> Settings {
    var settings = Settings()
    settings.workers = cores
    settings.checksReversePath = root["admission"]?.word("reverse-path") == "strict"
    guard let element = root["element"] else { return settings }
    if let name = element.word("name") { settings.name = name }
    if let workers = element.count("workers") { settings.workers = workers }
    if let batching = element.interval("batching") { settings.batching = batching }
    if let drain = element.interval("drain") { settings.drain = drain }
    if let level = element["log"]?.word("level") {
      settings.level = Settings.Level.allCases.first { $0.word == level } ?? settings.level
    }
    settings.showsPersonalData = element["log"]?.word("personal") == "clear"
    settings.control = element.word("control")
    if let text = element.word("admin") { settings.admin = try? Addresses.loopback(text) }
    guard let limits = element["limits"] else { return settings }
    settings.streams = streams(limits)
    settings.tables = Settings.Tables(
      calls: limits.count("calls"), transactions: limits.count("transactions"),
      keptMessages: limits.size("kept-messages"), sources: limits.size("source-table"))
    return settings
  }

  private func streams(_ limits: Node) -> Settings.Streams {
    Settings.Streams(
      connections: limits.count("tcp-connections"),
      connectionsPerSource: limits.count("tcp-connections-per-source"),
      waiting: limits.size("tcp-waiting"), idle: limits.interval("tcp-idle"),
      unfinished: limits.interval("tcp-unfinished"))
  }

  /// What a policy limits for the element is shared out evenly among the workers.
  private static func capacity(_ settings: Settings) -> Configuration.Capacity {
    var capacity = Configuration.Capacity()
    let (tables, workers) = (settings.tables, settings.workers)
    func share(_ whole: Int) -> Int { whole / workers + (whole % workers == 0 ? 0 : 1) }
    if let calls = tables.calls { capacity.calls = share(calls) }
    if let count = tables.transactions { capacity.transactions = share(count) }
    if let size = tables.keptMessages { capacity.shelf = share(size) }
    return capacity
  }

  /// The names that are the element's own: those that the policy gives it, and the hosts that its
  /// listeners advertise.
  private mutating func ownNames() -> [[UInt8]] {
    var own: [[UInt8]] = []
    for node in root["element"]?.all("names") ?? [] {
      guard let text = node.scalar, let name = try? Addresses.hostName(text) else { continue }
      if claim(name, for: "the element", node.place) { own.append(name) }
    }
    for node in root.all("listeners") {
      guard let item = node["advertise"], let text = item.scalar,
        let host = Addresses.host(ofAdvertised: text), !own.contains(host)
      else { continue }
      // Several listeners may advertise one host; it is the element's all the same.
      if claim(host, for: "the element", item.place) { own.append(host) }
    }
    return own
  }

  /// Notes whose a host name is; one that has an owner already is an error.
  mutating func claim(_ name: [UInt8], for owner: String, _ place: Place) -> Bool {
    if let other = hostNames[name] {
      findings.add(
        .sharedAddress, place,
        "`\(String(decoding: name, as: UTF8.self))` is already a name of \(other)")
      return false
    }
    hostNames[name] = owner
    return true
  }
}

// MARK: Names that nothing has

extension Binder {
  /// "; did you mean `this`?", or nothing: also when so many were asked for that it would take
  /// long.
  mutating func question(_ name: String, of words: [String]) -> String {
    comparisons -= words.count
    return comparisons < 0 ? "" : Spelling.question(name, of: words)
  }
}

// MARK: Listeners

extension Binder {
  private mutating func bindListeners() {
    guard let node = root["listeners"] else { return }
    if case .list(let items) = node.content {
      if items.isEmpty {
        findings.add(
          .deadEnd, node.place, "without a listener nothing can come in",
          remedy: "add one, such as `{ name: udp4, transport: udp, address: \"192.0.2.1:5060\" }`")
      }
      if items.count > Limits.listeners {
        findings.add(.tooMany, node.place, "there can be at most \(Limits.listeners) listeners")
      }
      for item in items.prefix(Limits.listeners) { bindListener(item) }
    }
  }

  private mutating func bindListener(_ node: Node) {
    guard let name = node.word("name") else { return }
    defer { if places.listeners.count < listeners.count { places.listeners.append(node.place) } }
    if listeners.contains(where: { $0.name == name }) {
      return findings.add(
        .duplicateName, node["name"]?.place ?? node.place, "there is already a listener `\(name)`")
    }
    let transport = node.word("transport") == "tcp" ? Transport.tcp : .udp
    let text = node.word("address") ?? ""
    // One that was told to be wrong keeps its place, so that its name is known.
    guard let local = try? Addresses.endpoint(text) else {
      let nowhere = Endpoint(.unspecified, port: 0)
      let value = Listener(transport: transport, local: nowhere, advertised: [])
      return listeners.append(BoundListener(name: name, value: value))
    }
    if let other = listeners.first(where: {
      $0.value.transport == transport && $0.value.local == local
    }) {
      findings.add(
        .sharedAddress, node["address"]?.place ?? node.place,
        "listener `\(other.name)` has this address already")
    }
    let admin = root["element"]?.word("admin").flatMap { try? Addresses.loopback($0) }
    if transport == .tcp, admin == local {
      findings.add(
        .sharedAddress, node["address"]?.place ?? node.place,
        "`element.admin` has this address already")
    }
    let written = node.word("advertise").flatMap { try? Addresses.advertised($0) }
    let value = Listener(
      transport: transport, local: local, advertised: written ?? Array(local.text.utf8))
    listeners.append(BoundListener(name: name, value: value))
  }

  /// The places of listeners by name, as bits.
  mutating func listenerBits(_ nodes: [Node]) -> UInt64 {
    var bits: UInt64 = 0
    for node in nodes {
      guard let name = node.scalar else { continue }
      if let place = listeners.firstIndex(where: { $0.name == name }) {
        bits |= 1 << UInt64(place)
      } else if (try? Names.name(name)) != nil {
        let question = question(name, of: listeners.map(\.name))
        findings.add(.undefinedName, node.place, "there is no listener `\(name)`\(question)")
      }
    }
    return bits
  }
}

extension Endpoint {
  /// As a policy would write it.
  var text: String { address.isIPv4 ? "\(address.text):\(port)" : "[\(address.text)]:\(port)" }
}
