import Admission
import Basics
import Border
import Routing
import SIP

/// One thing about a request that conditions of routes ask for, and apart from all others.
enum Plane: Hashable {
  case caller, method, user, host, fromUser, fromHost, toUser, toHost, time
  /// A header, by its name in full and in lower case.
  case header(String)
  /// All of From or of To, where conditions ask for the header and not for its URI alone.
  case address(String)

  /// What it is about, for people.
  var words: String {
    switch self {
    case .caller: "caller"
    case .method: "method"
    case .user: "the user of their URI"
    case .host: "the host of their URI"
    case .fromUser: "the user in From"
    case .fromHost: "the host in From"
    case .toUser: "the user in To"
    case .toHost: "the host in To"
    case .time: "hour"
    case .header(let name), .address(let name): "the header \(name)"
    }
  }
}

/// Routes of one policy, each with the text that it was written as.
struct WrittenRoutes {
  /// Where each stands among all routes of the policy.
  let places: [Int]
  let rules: [Routing.Rules.Route]
  let nodes: [Node]

  /// - Parameter places: of the routes that are wanted.
  init(_ snapshot: Snapshot, _ places: [Int]) {
    self.places = places
    rules = places.map { snapshot.configuration.routing.routes[$0] }
    let items = snapshot.tree.mappings("routes")
    // All rows of a table were written as one.
    nodes = places.map { items[Int(snapshot.places.routeItems[$0])] }
  }

  /// The conditions for headers, each with the name of its header.
  func headers(of place: Int) -> [(name: String, node: Node)] {
    nodes[place].all("header").compactMap { node in
      node.word("name").map { (Transcript.fullName($0), node) }
    }
  }

  /// A route that asks for nothing but what a route asks for in one plane; `nil` where it asks for
  /// nothing there.
  func route(_ place: Int, in plane: Plane) -> Routing.Rules.Route? {
    let whole = rules[place]
    var route = Routing.Rules.Route(name: whole.name, targets: 0..<0)
    switch plane {
    case .caller, .method: return nil
    case .user: route.requestURI = Self.users(whole.requestURI)
    case .host: route.requestURI = Self.hosts(whole.requestURI)
    case .fromUser: route.caller = Self.users(whole.caller)
    case .fromHost: route.caller = Self.hosts(whole.caller)
    case .toUser: route.callee = Self.users(whole.callee)
    case .toHost: route.callee = Self.hosts(whole.callee)
    case .time: route.hours = whole.hours
    case .header(let name): route.headers = conditions(of: place, name)
    case .address(let name):
      if name == "from" { route.caller = whole.caller } else { route.callee = whole.callee }
      route.headers = conditions(of: place, name)
    }
    let asksForNothing =
      route.requestURI == Party() && route.caller == Party() && route.callee == Party()
      && route.hours.isEmpty && route.headers.isEmpty
    return asksForNothing ? nil : route
  }

  private func conditions(of place: Int, _ name: String) -> [HeaderCondition] {
    headers(of: place).filter { $0.name == name }.compactMap { Binder.header($0.node) }
  }

  private static func users(_ party: Party) -> Party {
    var users = party
    users.domains = []
    return users
  }

  private static func hosts(_ party: Party) -> Party {
    var hosts = Party()
    hosts.domains = party.domains
    return hosts
  }
}

/// A request in the making: a value for each plane.
struct Draft {
  var method = "INVITE"
  var scheme = "sip"
  var user = "nobody"
  var host = Samples.foreignHost
  /// The URI of From and of To, where a policy asks for them.
  var caller: (user: String, host: String)?
  var callee: (user: String, host: String)?
  var wall: Int64?
  /// Headers by their names, and their lines.
  var headers: [(name: String, lines: [String])] = []
  var body: String?

  /// Its witness, as it comes from a caller.
  func witness(from: String, to listener: String) -> Witness {
    let uri = scheme == "tel" ? "tel:\(user)" : Self.uri(user, host)
    var lines: [String] = []
    if let caller { lines.append("From: <\(Self.uri(caller.user, caller.host))>;tag=diff") }
    if let callee { lines.append("To: <\(Self.uri(callee.user, callee.host))>") }
    for header in headers {
      if header.lines.isEmpty, Self.isUsual(header.name, of: method) {
        lines.append("\(header.name):")
      }
      lines += header.lines.map { "\(header.name): \($0)" }
    }
    return Witness(
      request: "\(method) \(uri)", from: from, listener: listener, headers: lines, body: body,
      at: wall.map(Moment.text))
  }

  private static func isUsual(_ name: String, of method: String) -> Bool { name == "contact" }

  static func uri(_ user: String, _ host: String) -> String {
    let host = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
    return user.isEmpty ? "sip:\(host)" : "sip:\(user)@\(host)"
  }

  /// Asks routes whether they take it, by the function that routes.
  /// - Returns: `nil` where it cannot be written.
  func taken(by routes: [Routing.Rules.Route?]) -> Bits? {
    let witness = witness(from: "192.0.2.1:5060", to: "")
    let flow = Flow(
      .udp, listener: 0, remote: Endpoint(Address(ipv4: 0xc000_0201), port: 5060))
    do {
      let octets = try witness.sketch().octets(from: flow, serial: 1)
      var table = HeaderTable()
      try Parser.parse(octets.span, into: &table)
      return try Self.taken(Message(octets.span, table), by: routes, wall ?? Moment.usual)
    } catch {
      return nil
    }
  }

  private static func taken(
    _ message: borrowing Message, by routes: [Routing.Rules.Route?], _ wall: Int64
  ) throws(Malformed) -> Bits {
    let uri = try URI.parseRequest(message.bytes, message.outline.requestURI)
    var bits = Bits(count: routes.count)
    for (place, route) in routes.enumerated() {
      let mismatch = route?.mismatch(message, uri, from: PeerID(raw: 0), wall: wall)
      if mismatch == nil { bits.insert(place) }
    }
    return bits
  }
}
