import Admission
import Border
import Routing
import SIP

/// All requests of one scheme, told apart as far as the conditions of two policies tell them: for
/// each plane the values that differ for them, and for each route the box of values that it is for.
struct Grid {
  /// A route, or what no route takes.
  struct Entry {
    /// Its place among the routes; `nil` for none.
    var route: Int?
    var name = ""
    var box: Box
    /// Whether it takes requests, and does not only observe.
    var takes: Bool
  }

  /// Methods that are routed by themselves: ACK and CANCEL go where their INVITE goes.
  static let methods = Method.allCases.filter { $0 != .ack && $0 != .cancel }

  let scheme: String
  let callers: [Caller]
  /// Comparisons of conditions that may be made.
  static let most = 30_000_000

  private(set) var planes: [Plane] = [.caller, .method]
  /// The values of each plane but the first two.
  private var drafts: [[Draft]] = [[], []]
  private(set) var isCut = false
  private(set) var old: [Entry] = []
  private(set) var new: [Entry] = []
  /// What Admission refuses in each policy.
  private(set) var refused: (old: [Box], new: [Box]) = ([], [])

  init(_ old: Snapshot, _ new: Snapshot, scheme: String, callers: [Caller]) {
    self.scheme = scheme
    self.callers = callers
    let routes = (WrittenRoutes(old), WrittenRoutes(new))
    var sides = Array(repeating: [Bits](), count: routes.0.rules.count + routes.1.rules.count)
    addFirst(routes.0, \.old, of: 0, &sides)
    addFirst(routes.1, \.new, of: routes.0.rules.count, &sides)
    for (plane, drafts) in values(routes.0, routes.1) { add(plane, drafts, routes, &sides) }
    let boxes = sides.map { Box(sides: $0) }
    self.old = entries(routes.0, Array(boxes.prefix(routes.0.rules.count)))
    self.new = entries(routes.1, Array(boxes.dropFirst(routes.0.rules.count)))
    refused = (refusals(old, \.old), refusals(new, \.new))
  }

  /// How many values a plane has.
  private func count(_ plane: Int) -> Int {
    switch plane {
    case 0: callers.count
    case 1: Self.methods.count
    default: drafts[plane].count
    }
  }

  /// Every request.
  var whole: Box { Box(sides: planes.indices.map { Bits(all: count($0)) }) }

  private func entries(_ routes: WrittenRoutes, _ boxes: [Box]) -> [Entry] {
    let usable = routes.rules.indices.filter { place in
      routes.rules[place].schemes.contains(scheme == "tel" ? .tel : .sip)
    }
    let entries = usable.map {
      Entry(
        route: $0, name: routes.rules[$0].name, box: boxes[$0],
        takes: routes.rules[$0].mode == .enforce)
    }
    return entries + [Entry(route: nil, box: whole, takes: true)]
  }

  // MARK: Planes

  private func addFirst(
    _ routes: WrittenRoutes, _ own: KeyPath<Caller, PeerID?>, of start: Int, _ sides: inout [[Bits]]
  ) {
    for (place, route) in routes.rules.enumerated() {
      var from = Bits(count: callers.count)
      let peers = Set(route.from)
      for (caller, one) in callers.enumerated() {
        if peers.isEmpty || one[keyPath: own].map(peers.contains) ?? false { from.insert(caller) }
      }
      sides[start + place] = [from, Self.bits(route.methods)]
    }
  }

  private static func bits(_ set: MethodSet) -> Bits {
    var bits = Bits(count: methods.count)
    for (place, method) in methods.enumerated() where set.contains(method) { bits.insert(place) }
    return bits
  }

  /// The values that are worth a look, of each plane.
  private func values(_ old: WrittenRoutes, _ new: WrittenRoutes) -> [(Plane, [Draft])] {
    let rules = old.rules + new.rules
    let (uris, callers, callees) = (
      rules.map(\.requestURI), rules.map(\.caller), rules.map(\.callee)
    )
    let isTel = scheme == "tel"
    var values: [(Plane, [Draft])] = [
      (
        .user,
        Samples.users(uris).filter { !isTel || Self.isNumber($0) }.map { user in
          var draft = usual
          draft.user = user
          return draft
        }
      ),
      (
        .host,
        isTel
          ? [usual]
          : Samples.hosts(uris).map { host in
            var draft = usual
            draft.host = host
            return draft
          }
      ),
    ]
    values += parties(callers, .fromUser, .fromHost, \.caller)
    values += parties(callees, .toUser, .toHost, \.callee)
    let instants = Samples.instants(rules.flatMap(\.hours))
    values.append(
      (
        .time,
        instants.map { wall in
          var draft = usual
          draft.wall = wall
          return draft
        }
      ))
    return values + headers(old, new)
  }

  private var usual: Draft {
    var draft = Draft()
    draft.scheme = scheme
    if scheme == "tel" { draft.user = "+00" }
    return draft
  }

  private static func isNumber(_ user: String) -> Bool {
    let digits = user.utf8.first == 0x2b ? user.utf8.dropFirst() : user.utf8[...]
    return user.utf8.first == 0x2b && !digits.isEmpty && digits.allSatisfy { $0 &- 0x30 < 10 }
  }

  private func parties(
    _ parties: [Party], _ users: Plane, _ hosts: Plane,
    _ place: WritableKeyPath<Draft, (user: String, host: String)?>
  ) -> [(Plane, [Draft])] {
    guard parties.contains(where: { $0 != Party() }) else { return [] }
    func draft(_ user: String, _ host: String) -> Draft {
      var draft = usual
      draft[keyPath: place] = (user, host)
      return draft
    }
    return [
      (users, Samples.users(parties).map { draft($0, Samples.foreignHost) }),
      (hosts, Samples.hosts(parties).map { draft("nobody", $0) }),
    ]
  }

  /// Headers that a request cannot be without are left as they are.
  private static let fixed: Set<String> = [
    "via", "call-id", "cseq", "content-length", "max-forwards", "route", "to", "from",
  ]

  private func headers(_ old: WrittenRoutes, _ new: WrittenRoutes) -> [(Plane, [Draft])] {
    var nodes: [String: [Node]] = [:]
    for routes in [old, new] {
      for place in routes.rules.indices {
        for header in routes.headers(of: place) { nodes[header.name, default: []] += [header.node] }
      }
    }
    return nodes.sorted { $0.key < $1.key }.map { name, nodes in
      let lines = Self.fixed.contains(name) ? [] : Samples.lines(nodes)
      let drafts = lines.map { lines in
        var draft = usual
        draft.headers = [(name, lines)]
        return draft
      }
      return (.header(name), drafts.isEmpty ? [usual] : drafts)
    }
  }

  /// Keeps of each kind of values one, and notes which of them each route is for.
  private mutating func add(
    _ plane: Plane, _ values: [Draft], _ routes: (WrittenRoutes, WrittenRoutes),
    _ sides: inout [[Bits]]
  ) {
    let asked =
      routes.0.rules.indices.map { routes.0.route($0, in: plane) }
      + routes.1.rules.indices.map { routes.1.route($0, in: plane) }
    let asking = asked.indices.filter { asked[$0] != nil }
    var values = values
    if values.count * asking.count > Self.most {
      values = Array(values.prefix(Self.most / asking.count))
      isCut = true
    }
    var kept: [(Draft, Bits)] = []
    var seen: Set<Bits> = []
    for value in values {
      guard let taken = value.taken(by: asking.map { asked[$0] }), seen.insert(taken).inserted
      else { continue }
      kept.append((value, taken))
    }
    planes.append(plane)
    drafts.append(kept.map(\.0))
    for place in sides.indices { sides[place].append(Bits(all: kept.count)) }
    for (number, place) in asking.enumerated() {
      var side = Bits(count: kept.count)
      for (value, one) in kept.enumerated() where one.1.contains(number) { side.insert(value) }
      sides[place][planes.count - 1] = side
    }
  }

  // MARK: Admission

  /// For each set of methods that callers may send: the callers, and the other methods.
  private func refusals(_ snapshot: Snapshot, _ own: KeyPath<Caller, PeerID?>) -> [Box] {
    let peers = snapshot.configuration.admission.peers
    var groups: [MethodSet: Bits] = [:]
    for (place, caller) in callers.enumerated() {
      guard let peer = caller[keyPath: own], peers[Int(peer.raw)].mode == .enforce else { continue }
      let methods = peers[Int(peer.raw)].methods
      groups[methods, default: Bits(count: callers.count)].insert(place)
    }
    return groups.compactMap { methods, callers in
      let others = Bits(all: Self.methods.count).subtracting(Self.bits(methods))
      return others.isEmpty ? nil : whole.with(0, callers).with(1, others)
    }
  }

  // MARK: Requests

  /// A request that is in a box.
  func witness(_ box: Box) -> Witness? {
    let places = box.sides.map { $0.first ?? 0 }
    guard places[0] < callers.count, !box.isEmpty else { return nil }
    var draft = usual
    draft.method = Self.name(Self.methods[places[1]])
    for (number, plane) in planes.enumerated().dropFirst(2) {
      let value = drafts[number][places[number]]
      switch plane {
      case .caller, .method: break
      case .user: draft.user = value.user
      case .host: draft.host = value.host
      case .fromUser: draft.caller = (value.caller?.user ?? "", "")
      case .fromHost: draft.caller?.host = value.caller?.host ?? ""
      case .toUser: draft.callee = (value.callee?.user ?? "", "")
      case .toHost: draft.callee?.host = value.callee?.host ?? ""
      case .time: draft.wall = value.wall
      case .header: draft.headers += value.headers
      }
    }
    let caller = callers[places[0]]
    return draft.witness(from: caller.from, to: caller.listener)
  }

  static func name(_ method: Method) -> String {
    method == .other ? "UNHEARD" : "\(method.text)"
  }
}
