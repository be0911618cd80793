import Admission
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
struct Coverage {
  /// A bit for each method, of sip: URIs, and 16 bits higher of tel: URIs.
  typealias Cells = UInt32

  /// 0 in each place means any.
  private struct Case: Hashable {
    var caller: UInt32
    var domain: UInt32
    var user: UInt32
    /// What else the request must be like.
    var particulars: UInt32 = 0
  }

  /// The cells of a case that a route was the first to take.
  private struct Taken {
    var cells: Cells
    var route: Int32
    /// The next one of the same case.
    var next: Int32
  }

  private let users: Users
  private var domains: [[UInt8]: UInt32] = [:]
  private var particulars = Catalogue()
  private var heads: [Case: Int32] = [:]
  private var taken: [Taken] = []
  /// What each caller may send.
  private let sent: [(caller: UInt32, cells: Cells)]
  private let sends: [UInt32: Cells]
  private let sentByAny: Cells
  /// The caller that was last found to get past the routes for single callers.
  private var lastFree = 0
  private var steps = 0

  init(_ study: Study) {
    users = Users(study.routing.routes)
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
    cells(
      route.methods, hasSIP: route.schemes.contains(.sip),
      hasTel: route.schemes.contains(.tel) && route.domains.isEmpty)
  }

  /// ACK and CANCEL go where their INVITE goes.
  private static let routed = MethodSet(Method.allCases.filter { $0 != .ack && $0 != .cancel })

  static func cells(_ methods: MethodSet, hasSIP: Bool, hasTel: Bool) -> Cells {
    let cells = Cells(methods.bits & routed.bits)
    return (hasSIP ? cells : 0) | (hasTel ? cells << 16 : 0)
  }

  /// Takes a route as the next one.
  /// - Returns: the earlier routes that between them take all of it; none when something is left.
  mutating func add(_ place: Int, _ route: Routing.Rules.Route) -> Set<Int> {
    let need = Self.cells(route) & sentByAny
    guard need != 0, let cases = cases(of: route) else { return [] }
    var takers: Set<Int> = []
    var open: [(Case, Cells)] = []
    for one in cases {
      let left = left(of: need, one, &takers)
      if left != 0 { open.append((one, left)) }
    }
    if route.takes { for (one, cells) in open { take(cells, of: one, place) } }
    return open.isEmpty ? takers : []
  }

  private mutating func take(_ cells: Cells, of one: Case, _ place: Int) {
    taken.append(Taken(cells: cells, route: Int32(place), next: heads[one] ?? -1))
    heads[one] = Int32(taken.count - 1)
  }

  /// The cases of a route, or `nil` when they are too many to be looked at.
  private mutating func cases(of route: Routing.Rules.Route) -> [Case]? {
    let callers = route.from.isEmpty ? [0] : route.from.map { UInt32($0.raw) + 1 }
    let beginnings = route.beginnings
    let users = beginnings.isEmpty ? [0] : beginnings.map { self.users[$0] }
    let (pairs, isTooMany) = callers.count.multipliedReportingOverflow(by: users.count)
    let domainCount = max(1, route.domains.count)
    let room = Limits.routeCases - taken.count
    guard !isTooMany, pairs <= room / domainCount else { return nil }
    let domains = route.domains.isEmpty ? [0] : route.domains.map { number(ofDomain: $0) }
    let rest = particulars.number(of: Particulars(route))
    var cases: [Case] = []
    for caller in callers {
      for domain in domains {
        for user in users {
          cases.append(Case(caller: caller, domain: domain, user: user, particulars: rest))
        }
      }
    }
    return cases
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
    var next = heads[one] ?? -1
    while next >= 0, left != 0 {
      let entry = taken[Int(next)]
      if left & entry.cells != 0 { takers.insert(Int(entry.route)) }
      left &= ~entry.cells
      next = entry.next
    }
  }
}

/// The user prefixes of all routes, each with the longest other one that it begins with.
private struct Users {
  private var numbers: [[UInt8]: UInt32] = [:]
  /// The number of the enclosing prefix, at the place of each number; 0 for none.
  private var enclosing: [UInt32] = [0]

  init(_ routes: [Routing.Rules.Route]) {
    var all: [[UInt8]] = []
    for route in routes { all += route.beginnings }
    all.sort { $0.lexicographicallyPrecedes($1) }
    // The prefixes that the one before begins with, each within the one before it.
    var open: [(prefix: [UInt8], number: UInt32)] = []
    for prefix in all where open.last?.prefix != prefix {
      while let last = open.last, !prefix.starts(with: last.prefix) { open.removeLast() }
      let number = UInt32(enclosing.count)
      numbers[prefix] = number
      enclosing.append(open.last?.number ?? 0)
      open.append((prefix, number))
    }
  }

  subscript(_ prefix: [UInt8]) -> UInt32 { numbers[prefix] ?? 0 }

  func enclosing(_ number: UInt32) -> UInt32 { enclosing[Int(number)] }
}
