import Admission
import Basics
import Border
import Policy
import Rehearsal
import Routing
import SIP

/// The element under attack and all who speak to it.
struct Scene {
  let world: World
  let element: Element
  let configuration: Configuration
  /// Stations of configured peers, and behind them those that nobody knows.
  let talkers: [Talker]
  /// Which of the addresses that a message goes to belong to a peer.
  let known: Prefixes

  /// How long a call may last: short, so that all are over soon.
  static let callDuration = Interval.seconds(900)

  init(quickstart isQuickstart: Bool, isLossy: Bool) {
    world = World(seed: 1)
    if isLossy { world.link = .lossy(20) }
    var configuration = isQuickstart ? Self.quickstart : Self.busy
    configuration.callDuration = Self.callDuration
    configuration.capacity.calls = 1024
    configuration.capacity.transactions = 1024
    // The smallest shelf is full before the tables are; a larger one is not.
    configuration.capacity.shelf = isQuickstart ? 8 << 20 : 0
    self.configuration = configuration
    known = Prefixes(configuration.routing.sources)
    element = Element(world, configuration, worker: 0, of: 2)
    element.names = ["new.example": endpoint("10.2.0.2:1").address, "none.example": nil]
    let places =
      isQuickstart
      ? ["127.0.0.1:5080", "127.0.0.1:5070", "[::1]:5080", "[::1]:5070"]
      : ["10.1.0.1:5060", "10.2.0.1:5060", "10.2.0.2:5060", "[fd02::1]:5060"]
    let strangers = ["192.0.2.9:5060", "[2001:db8::9]:5060"]
    let world = world
    talkers = (places + strangers).map { Talker($0, in: world, at: $0, over: .udp) }
  }

  /// Where a talker reaches the element: in its own address family.
  func border(for talker: Talker) -> Endpoint {
    let listener = configuration.listeners.first {
      $0.local.address.isIPv4 == talker.endpoint.address.isIPv4
    }
    return listener?.local ?? talker.endpoint
  }

  /// How many versions of its policy there are.
  static let versions = 6
  /// Puts another version of the policy in force: the first one again, or one in which somebody may
  /// send nothing or less, all goes elsewhere, or nothing goes anywhere.
  func reload(_ which: Int) {
    // As the program does, which refuses a further one.
    guard element.neededPolicies < Border.mostEarlierPolicies else { return }
    var next = configuration
    switch which {
    case 1: next.admission.sources = Array(next.admission.sources.dropFirst())
    case 2: next.admission.sources = Array(next.admission.sources.dropLast())
    case 3:
      for place in next.admission.peers.indices {
        next.admission.peers[place].methods = MethodSet([.invite, .ack, .cancel, .bye])
      }
    case 4:
      next.routing.targets.reverse()
      for place in next.admission.peers.indices { next.admission.peers[place].responses = .peer }
    case 5: next.routing.routes = []
    default: break
    }
    element.adopt(next)
  }

  /// Lets go of everything: a fuzzer makes thousands of scenes.
  func end() {
    for talker in talkers {
      talker.hangUpStreams()
      talker.forget()
    }
    world.run(for: .seconds(30))
    world.end()
  }

  /// The policy that ships.
  private static let quickstart: Configuration = {
    // Of the parts of this file's path, the last four lead to the root of the tree.
    let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    do throws(Rejection) {
      return try Snapshot.load(path: "/\(root)/Policies/quickstart.yaml", cores: 1).configuration
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  /// All that the quickstart leaves out: two peers, targets one after the other, redirections,
  /// names that are asked for.
  private static let busy: Configuration = {
    var layout = Layout()
    let targets = ["10.2.0.1:5060", "10.2.0.2:5060"]
    let west = layout.peer("west", ["10.1.0.0/16"], at: ["10.1.0.1:5060"])
    let east = layout.peer(
      "east", ["10.2.0.0/16", "fd02::/16"], at: targets, names: ["pbx.east.example"])
    layout.route(from: [west], to: east, at: targets) {
      $0.domains = [Array("none.example".utf8)]
      $0.redirects = .refuse
    }
    layout.route(from: [west], to: east, at: targets) {
      $0.userPrefixes = [Array("bo".utf8), Array("+1".utf8)]
      $0.failover = [503, 404]
      $0.targetTimeout = .seconds(2)
      $0.redirects = .recurse
    }
    layout.route(from: [east], to: west, at: ["10.1.0.1:5060"])
    layout.resolvesNames = true
    return layout.configuration()
  }()
}
