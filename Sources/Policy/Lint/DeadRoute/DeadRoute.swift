import Admission
import Border
import Routing
import SIP

extension Rule {
  static let deadRoute = Rule(
    "dead-route", "a route whose conditions no request of any peer can meet", .deadRoute, .warning
  ) { study, remarks in
    let callers = study.callers
    // What all that may send requests may send, for the routes that are for everybody.
    let sent = MethodSet(
      bits: callers.reduce(0) { $0 | study.methods(of: $1).bits })
    for (place, route) in study.routing.routes.enumerated() {
      guard let reason = reason(study, route, callers, sent) else { continue }
      remarks.add(study.places.routes[place], "route `\(route.name)` is never reached: \(reason)")
    }
  }

  private static func reason(
    _ study: Study, _ route: Routing.Rules.Route, _ callers: Set<PeerID>, _ sent: MethodSet
  ) -> String? {
    guard !callers.isEmpty else { return "no peer has sources, so nobody may send anything" }
    if route.from.isEmpty { return schemes(route) ?? methods(route, sent) }
    let own = route.from.filter(callers.contains)
    guard !own.isEmpty else {
      return
        "\(Study.list(route.from.map(study.name(of:)))) may send nothing, for want of `sources`"
    }
    let bits = own.reduce(0) { $0 | study.methods(of: $1).bits }
    return schemes(route) ?? methods(route, MethodSet(bits: bits))
  }

  private static func schemes(_ route: Routing.Rules.Route) -> String? {
    var any = route
    any.methods = .all
    guard Coverage.cells(any) == 0 else { return nil }
    return route.schemes.contains(.tel)
      ? "a tel: URI has no domain"
      : "a request for a sips: URI is refused with 416, for want of TLS"
  }

  private static func methods(_ route: Routing.Rules.Route, _ sent: MethodSet) -> String? {
    if Coverage.cells(route.methods, hasSIP: true, hasTel: false) == 0 {
      return "ACK and CANCEL go where their INVITE goes, and ask no route"
    }
    let both = MethodSet(bits: route.methods.bits & sent.bits)
    guard Coverage.cells(both, hasSIP: true, hasTel: false) == 0 else { return nil }
    return "its methods are none that \(route.from.isEmpty ? "any peer" : "its peers") may send"
  }
}
