import Admission
import Basics
import Routing
import SIP

/// Which requests the routes of a policy take, one after the other: a proof that a route is never
/// reached. Requests are told apart as far as conditions can tell them, so it is exact: earlier
/// routes leave nothing of a route if and only if this says so, but where a limit is met (then
/// nothing is said), where a user prefix has visual separators in it, and where it asks for more
/// than caller, method, scheme, domain and user prefix. Of what else a route asks for
/// (`Particulars`) it is only known whether another asks for as much or less.
///
/// A request is a case (its caller, domain and user) and a cell (its scheme and method). A case of
/// a route stands for all requests whose user begins so: the user that is this beginning and
/// nothing more is taken by another route only if that takes all of them.
struct Coverage: ~Copyable {
  /// A bit for each method, of sip: URIs, and 16 bits higher of tel: URIs.
  typealias Cells = UInt32

  /// 0 in each place means any.
  private struct Case {
    var caller: UInt32
    var domain: UInt32
    var user: UInt32
    /// What else the request must be like.
    var particulars: UInt32 = 0

    /// Another one for each case: what is done to the one half can be undone with the other.
    var key: Basics.Key {
      let one = UInt64(caller) << 32 | UInt64(user)
      var other = UInt64(domain) << 32 | UInt64(particulars)
      other = (other ^ one &* 0x9e37_79b9_7f4a_7c15) &* 0xbf58_476d_1ce4_e5b9
      return Basics.Key(other ^ other >> 31, one)
    }
  }

  /// The cells of a case that a route was the first to take.
  private struct Taken {
    var cells: Cells
    var route: Int32
    /// The next one of the same case.
    var next: UInt32
  }

  private static let none = UInt32.max

  private let routes: [Routing.Rules.Route]
  private let users: Users
  private var domains: [[UInt8]: UInt32] = [:]
  private var particulars = Catalogue()
  /// The first of what is taken of each case.
  private var heads = Index(expected: 1024)
  private var taken: [Taken] = []
  /// Whether anything was taken by a route for each caller, or at 0 for any.
  private var isTakenFrom: [Bool]
  /// What each caller may send.
  private let sent: [(caller: UInt32, cells: Cells)]
  private let sends: [UInt32: Cells]
  private let sentByAny: Cells
  /// The caller that was last found to get past the routes for single callers.
  private var lastFree = 0
  private var steps = 0
  /// The cases of the route that is looked at of which something is left.
  private var open: [(Case, Cells)] = []
  private let any: [UInt32] = [0]

  init(_ study: Study) {
    routes = study.routing.routes
    users = Users(routes)
    isTakenFrom = Array(repeating: false, count: study.admission.peers.count + 1)
    sent = study.callers.sorted { $0.raw < $1.raw }.map { caller in
      let cells = Self.cells(study.methods(of: caller), hasSIP: true, hasTel: true)
      return (UInt32(caller.raw) + 1, cells)
    }
    sends = Dictionary(uniqueKeysWithValues: sent.map { ($0.caller, $0.cells) })
    sentByAny = sent.reduce(0) { $0 | $1.cells }
  }

  /// What a route can take of all cells. RFC 3261 §26.2.2: a sips: URI is refused before, by an
  /// element without TLS. A tel: URI has no domain.
  static func cells(_ route: Routing.Rules.Route) -> Cells {
    cells(route.methods, route.schemes, hasDomains: !route.domains.isEmpty)
  }

  static func cells(_ methods: MethodSet, _ schemes: SchemeSet, hasDomains: Bool) -> Cells {
    cells(
      methods, hasSIP: schemes.contains(.sip), hasTel: schemes.contains(.tel) && !hasDomains)
  }

  /// ACK and CANCEL go where their INVITE goes.
  private static let routed = MethodSet(Method.allCases.filter { $0 != .ack && $0 != .cancel })

  static func cells(_ methods: MethodSet, hasSIP: Bool, hasTel: Bool) -> Cells {
    let cells = Cells(methods.bits & routed.bits)
    return (hasSIP ? cells : 0) | (hasTel ? cells << 16 : 0)
  }

  /// Takes the route of a place as the next one.
  /// - Returns: the earlier routes that between them take all of it; none when something is left.
  mutating func add(_ place: Int) -> Set<Int> {
    let names = routes[place].requestURI.domains
    let cells = Self.cells(
      routes[place].methods, routes[place].schemes, hasDomains: !names.isEmpty)
    let need = cells & sentByAny
    guard need != 0, fits(place) else { return [] }
    let from = routes[place].from
    let callers = from.isEmpty ? any : from.map { UInt32($0.raw) + 1 }
    let domains = names.isEmpty ? any : names.map { number(ofDomain: $0) }
    let beginnings = users.numbers(of: place)
    let users = beginnings.isEmpty ? any[...] : beginnings
    let rest = routes[place].hasNoParticulars ? 0 : particulars.number(of: routes[place])
    var takers: Set<Int> = []
    open.removeAll(keepingCapacity: true)
    for caller in callers {
      for domain in domains {
        for user in users {
          let one = Case(caller: caller, domain: domain, user: user, particulars: rest)
          let left = left(of: need, one, &takers)
          if left != 0 { open.append((one, left)) }
        }
      }
    }
    if routes[place].takes { for (one, cells) in open { take(cells, of: one, place) } }
    return open.isEmpty ? takers : []
  }

  private mutating func take(_ cells: Cells, of one: Case, _ place: Int) {
    let key = one.key
    let next = heads.find(key)?.index ?? Self.none
    heads.insert(key, Handle(index: UInt32(taken.count), generation: 0))
    taken.append(Taken(cells: cells, route: Int32(place), next: next))
    isTakenFrom[Int(one.caller)] = true
  }

  /// Whether the cases of a route are few enough to be looked at.
  private func fits(_ place: Int) -> Bool {
    let callers = max(1, routes[place].from.count)
    let users = max(1, users.numbers(of: place).count)
    let (pairs, isTooMany) = callers.multipliedReportingOverflow(by: users)
    let room = Limits.routeCases - taken.count
    return !isTooMany && pairs <= room / max(1, routes[place].requestURI.domains.count)
  }

  private mutating func number(ofDomain domain: [UInt8]) -> UInt32 {
    if let number = domains[domain] { return number }
    let number = UInt32(domains.count + 1)
    domains[domain] = number
    return number
  }

  // MARK: What is left of a case

  private mutating func left(of need: Cells, _ one: Case, _ takers: inout Set<Int>) -> Cells {
    guard one.caller == 0 else {
      let need = need & (sends[one.caller] ?? 0)
      let left = strike(need, one, caller: 0, &takers)
      return strike(left, one, caller: one.caller, &takers)
    }
    let left = strike(need, one, caller: 0, &takers)
    return left == 0 || isTakenFromEach(left, one, &takers) ? 0 : left
  }

  /// Whether the routes for single callers take these cells from every one.
  private mutating func isTakenFromEach(
    _ cells: Cells, _ one: Case, _ takers: inout Set<Int>
  ) -> Bool {
    var found: Set<Int> = []
    for offset in sent.indices {
      // Who got past them before does so most likely again.
      let place = (lastFree + offset) % sent.count
      let need = cells & sent[place].cells
      if need != 0, strike(need, one, caller: sent[place].caller, &found) != 0 {
        lastFree = place
        return false
      }
    }
    takers.formUnion(found)
    return true
  }

  /// Strikes what routes with this caller, or for any, have taken of a case; the broadest first.
  private mutating func strike(
    _ cells: Cells, _ one: Case, caller: UInt32, _ takers: inout Set<Int>
  ) -> Cells {
    guard isTakenFrom[Int(caller)] else { return cells }
    var left = cells
    var user = one.user
    let rest = one.particulars
    strike(&left, Case(caller: caller, domain: 0, user: 0, particulars: rest), &takers)
    if one.domain != 0 {
      strike(&left, Case(caller: caller, domain: one.domain, user: 0, particulars: rest), &takers)
    }
    while user != 0, left != 0 {
      strike(&left, Case(caller: caller, domain: 0, user: user, particulars: rest), &takers)
      if one.domain != 0 {
        strike(
          &left, Case(caller: caller, domain: one.domain, user: user, particulars: rest), &takers)
      }
      user = users.enclosing(user)
    }
    return left
  }

  /// Strikes also what routes have taken that ask for less than the particulars of the case.
  private mutating func strike(_ left: inout Cells, _ one: Case, _ takers: inout Set<Int>) {
    guard one.particulars != 0 else { return strikeExactly(&left, one, &takers) }
    for particulars in particulars.wider(one.particulars) {
      var one = one
      one.particulars = particulars
      strikeExactly(&left, one, &takers)
    }
  }

  private mutating func strikeExactly(
    _ left: inout Cells, _ one: Case, _ takers: inout Set<Int>
  ) {
    guard left != 0, steps < Limits.routeSteps else { return }
    steps += 1
    var next = heads.find(one.key)?.index ?? Self.none
    while next != Self.none, left != 0 {
      let entry = taken[Int(next)]
      if left & entry.cells != 0 { takers.insert(Int(entry.route)) }
      left &= ~entry.cells
      next = entry.next
    }
  }
}
