import Admission
import Routing

/// What a route asks of a request besides caller, method, scheme, domain and beginning of the user.
struct Particulars: Hashable {
  private var patterns: [UserPattern]
  private var caller: Party
  private var callee: Party
  private var headers: [HeaderCondition]
  private var hours: [Hours]

  init(_ route: Routing.Rules.Route) {
    patterns = route.requestURI.userPatterns
    caller = route.caller
    callee = route.callee
    headers = route.headers
    hours = route.hours
  }

  static let none = Particulars(Routing.Rules.Route(name: "", targets: 0..<0))

  /// Whether all requests that are like the other are like this, as far as is known.
  func covers(_ other: Particulars) -> Bool { route.covers(other.route) }

  /// How many things it names, at least one.
  var size: Int {
    let parties = [caller, callee].reduce(0) {
      $0 + $1.domains.count + $1.userPrefixes.count + $1.userPatterns.count
    }
    return max(1, patterns.count + parties + headers.count + hours.count)
  }

  /// A route that asks for nothing else.
  private var route: Routing.Rules.Route {
    var route = Routing.Rules.Route(name: "", targets: 0..<0)
    route.requestURI.userPatterns = patterns
    route.caller = caller
    route.callee = callee
    route.headers = headers
    route.hours = hours
    return route
  }
}

extension Coverage {
  /// Particulars by their numbers; 0 is none.
  struct Catalogue {
    private var numbers: [Particulars: UInt32] = [Particulars.none: 0]
    private var all: [Particulars] = [.none]
    /// The numbers of those that ask for as much or less, of each.
    private var wider: [[UInt32]] = [[0]]
    /// How often one was looked at for the sake of another: each costs at least that.
    private(set) var looks = 0
    /// How often two were compared, and how much of their lists.
    private(set) var compared = (times: 0, parts: 0)

    mutating func number(of route: Routing.Rules.Route) -> UInt32 {
      let particulars = Particulars(route)
      if let number = numbers[particulars] { return number }
      let number = UInt32(all.count)
      var less: [UInt32] = [0]
      for (other, one) in all.enumerated().dropFirst() {
        looks += 1
        let parts = one.size * particulars.size
        // In a large policy there is no end of them: each that came before would be asked of each.
        guard compared.parts + parts <= Limits.comparisons, less.count < 16 else { break }
        compared = (compared.times + 1, compared.parts + parts)
        if one.covers(particulars) { less.append(UInt32(other)) }
      }
      numbers[particulars] = number
      all.append(particulars)
      wider.append(less + [number])
      return number
    }

    func wider(_ number: UInt32) -> [UInt32] { wider[Int(number)] }
  }
}

extension Routing.Rules.Route {
  /// What the user of every request begins with that it takes; none where that can be anything. A
  /// pattern begins with its first characters, as far as there is no choice.
  @inline(__always)
  var beginnings: [[UInt8]] {
    if !requestURI.userPrefixes.isEmpty { return requestURI.userPrefixes }
    let beginnings = requestURI.userPatterns.map(\.beginning)
    return beginnings.contains([]) ? [] : beginnings
  }

  /// Whether it is taken where its conditions hold, and does not only observe.
  @inline(__always)
  var takes: Bool { mode == .enforce }

  /// Whether it asks for nothing that `Coverage` knows in part only. Asked part by part: to hand a
  /// route to another module is to count the references of all its lists.
  @inline(__always)
  var hasNoParticulars: Bool {
    requestURI.userPatterns.isEmpty && headers.isEmpty && hours.isEmpty && caller.isEmpty
      && callee.isEmpty
  }
}

extension Party {
  @inline(__always)
  fileprivate var isEmpty: Bool {
    domains.isEmpty && userPrefixes.isEmpty && userPatterns.isEmpty
  }
}
