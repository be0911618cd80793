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
  /// Comparisons of values with conditions that may be made of each plane.
  let most: Int

  private(set) var planes: [Plane] = [.caller, .method]
  /// The values of each plane but the first two.
  private var drafts: [[Draft]] = [[], []]
  /// What was left out.
  private(set) var gaps: [String] = []
  private(set) var old: [Entry] = []
  private(set) var new: [Entry] = []
  /// The plane of CSeq, where conditions ask for it: it hangs together with the method.
  private var sequencePlane: Int?
  /// What Admission refuses in each policy.
  private(set) var refused: (old: [Box], new: [Box]) = ([], [])

  /// - Parameters:
  ///   - old: the policy as it is, and the places of its routes that are worth a look.
  ///   - new: the same of the policy as it is to be.
  init(
    _ old: (snapshot: Snapshot, routes: [Int]), _ new: (snapshot: Snapshot, routes: [Int]),
    scheme: String, callers: [Caller], most: Int
  ) {
    self.scheme = scheme
    self.callers = callers
    self.most = most
    let routes = (
      WrittenRoutes(old.snapshot, old.routes), WrittenRoutes(new.snapshot, new.routes)
    )
    var sides = Array(repeating: [Bits](), count: routes.0.rules.count + routes.1.rules.count)
    addFirst(routes.0, \.old, of: 0, &sides)
    addFirst(routes.1, \.new, of: routes.0.rules.count, &sides)
    for (plane, drafts) in values(routes.0, routes.1, (old.snapshot, new.snapshot)) {
      add(plane, drafts, routes, &sides)
    }
    let boxes = sides.map { Box(sides: $0) }
    self.old = entries(routes.0, Array(boxes.prefix(routes.0.rules.count)))
    self.new = entries(routes.1, Array(boxes.dropFirst(routes.0.rules.count)))
    refused = (refusals(old.snapshot, \.old), refusals(new.snapshot, \.new))
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
        route: routes.places[$0], name: routes.rules[$0].name, box: boxes[$0],
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
  private func values(
    _ old: WrittenRoutes, _ new: WrittenRoutes, _ snapshots: (old: Snapshot, new: Snapshot)
  ) -> [(Plane, [Draft])] {
    let rules = old.rules + new.rules
    let uris = rules.map(\.requestURI)
    let isTel = scheme == "tel"
    var users = Samples.users(uris)
    if isTel { users = users.filter(Self.isNumber) }
    let hosts = isTel ? [usual.host] : Samples.hosts(uris)
    var values: [(Plane, [Draft])] = [
      (.user, users.map { user in draft { $0.user = user } }),
      (.host, hosts.map { host in draft { $0.host = host } }),
    ]
    let nodes = headers(old, new)
    let subject = Subject(snapshots, nodes, callers)
    values += addresses("from", rules.map(\.caller), (.fromUser, .fromHost, \.caller), subject)
    values += addresses("to", rules.map(\.callee), (.toUser, .toHost, \.callee), subject)
    let instants = Samples.instants(rules.flatMap(\.hours))
    values.append((.time, instants.map { wall in draft { $0.wall = wall } }))
    for (name, nodes) in nodes.sorted(by: { $0.key < $1.key }) where name != "from" && name != "to"
    {
      let drafts =
        Essentials.names.contains(name)
        ? essentials(name, subject)
        : Samples.lines(nodes).map { lines in draft { $0.headers = [(name, lines)] } }
      values.append((.header(name), drafts))
    }
    return values
  }

  /// A request that is usual but for one thing.
  private func draft(_ change: (inout Draft) -> Void) -> Draft {
    var draft = usual
    change(&draft)
    return draft
  }

  var usual: Draft {
    var draft = Draft()
    draft.scheme = scheme
    if scheme == "tel" { draft.user = "+00" }
    return draft
  }

  private static func isNumber(_ user: String) -> Bool {
    let digits = user.utf8.first == 0x2b ? user.utf8.dropFirst() : user.utf8[...]
    return user.utf8.first == 0x2b && !digits.isEmpty && digits.allSatisfy { $0 &- 0x30 < 10 }
  }

  /// The conditions on headers, by the names of these.
  private func headers(_ old: WrittenRoutes, _ new: WrittenRoutes) -> [String: [Node]] {
    var nodes: [String: [Node]] = [:]
    for routes in [old, new] {
      for place in routes.rules.indices {
        for header in routes.headers(of: place) { nodes[header.name, default: []] += [header.node] }
      }
    }
    return nodes
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
    if values.count * asking.count > most {
      let kept = max(1, most / asking.count)
      gaps.append(
        "\(scheme): requests by \(plane.words): of \(values.count) values that tell the conditions"
          + " apart \(values.count - kept) were left out, since the bound of \(most) comparisons"
          + " was reached")
      values = Array(values.prefix(kept))
    }
    var kept: [(Draft, Bits)] = []
    var seen: Set<Kind> = []
    for value in values {
      guard let taken = value.taken(by: asking.map { asked[$0] }),
        seen.insert(Kind(method: value.method, taken: taken)).inserted
      else { continue }
      kept.append((value, taken))
    }
    if kept.isEmpty {
      let taken = usual.taken(by: asking.map { asked[$0] }) ?? Bits(count: asking.count)
      kept = [(usual, taken)]
    }
    if plane == .header("cseq") { sequencePlane = planes.count }
    noteUnmade(plane, asking.map { asked[$0]?.name ?? "" }, kept.map(\.1))
    planes.append(plane)
    drafts.append(kept.map(\.0))
    for place in sides.indices { sides[place].append(Bits(all: kept.count)) }
    for (number, place) in asking.enumerated() {
      var side = Bits(count: kept.count)
      for (value, one) in kept.enumerated() where one.1.contains(number) { side.insert(value) }
      sides[place][planes.count - 1] = side
    }
  }

  /// What values of one plane have in common of which one is kept.
  private struct Kind: Hashable {
    var method: String
    var taken: Bits
  }

  /// Conditions on headers that a request cannot have just any value of may be such that none of
  /// the requests that are made here holds them.
  private mutating func noteUnmade(_ plane: Plane, _ names: [String], _ kept: [Bits]) {
    switch plane {
    case .address: break
    case .header(let name) where Essentials.names.contains(name): break
    default: return
    }
    for (number, name) in names.enumerated() where !kept.contains(where: { $0.contains(number) }) {
      gaps.append(
        "\(scheme): requests with \(plane.words) that route `\(name)` asks for: none could be made")
    }
  }

  /// The parts of a box that hold for a request: what CSeq says of the method is its method.
  func parts(of box: Box) -> [Box] {
    guard let sequencePlane else { return [box] }
    return Self.methods.indices.compactMap { place in
      guard box.sides[1].contains(place) else { return nil }
      var method = Bits(count: Self.methods.count)
      method.insert(place)
      var values = Bits(count: drafts[sequencePlane].count)
      for (value, draft) in drafts[sequencePlane].enumerated()
      where draft.method == Self.name(Self.methods[place]) && draft.hasSequence {
        values.insert(value)
      }
      let side = box.sides[sequencePlane].intersection(values)
      return side.isEmpty ? nil : box.with(1, method).with(sequencePlane, side)
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
      case .header, .address: draft.headers += value.headers
      }
      if let body = value.body { draft.body = body }
    }
    let caller = callers[places[0]]
    return draft.witness(from: caller.from, to: caller.listener)
  }

  static func name(_ method: Method) -> String {
    method == .other ? "UNHEARD" : "\(method.text)"
  }
}
