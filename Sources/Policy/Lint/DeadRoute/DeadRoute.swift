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
    let routes = study.routing.routes
    for place in routes.indices {
      guard let reason = reason(study, routes, place, callers, sent) else { continue }
      let name = routes[place].name
      remarks.add(study.places.routes[place], "route `\(name)` is never reached: \(reason)")
    }
  }

  private static func reason(
    _ study: Study, _ routes: [Routing.Rules.Route], _ place: Int, _ callers: Set<PeerID>,
    _ sent: MethodSet
  ) -> String? {
    guard !callers.isEmpty else { return "no peer has sources, so nobody may send anything" }
    let (from, methods) = (routes[place].from, routes[place].methods)
    let schemes = self.schemes(
      routes[place].schemes, hasDomains: !routes[place].requestURI.domains.isEmpty)
    if from.isEmpty { return schemes ?? self.methods(methods, sent, "any peer") }
    let own = from.filter(callers.contains)
    guard !own.isEmpty else {
      return "\(Study.list(from.map(study.name(of:)))) may send nothing, for want of `sources`"
    }
    let bits = own.reduce(0) { $0 | study.methods(of: $1).bits }
    return schemes ?? self.methods(methods, MethodSet(bits: bits), "its peers")
  }

  private static func schemes(_ schemes: SchemeSet, hasDomains: Bool) -> String? {
    guard Coverage.cells(.all, schemes, hasDomains: hasDomains) == 0 else { return nil }
    return schemes.contains(.tel)
      ? "a tel: URI has no domain"
      : "a request for a sips: URI is refused with 416, for want of TLS"
  }

  private static func methods(
    _ methods: MethodSet, _ sent: MethodSet, _ sender: String
  ) -> String? {
    if Coverage.cells(methods, hasSIP: true, hasTel: false) == 0 {
      return "ACK and CANCEL go where their INVITE goes, and ask no route"
    }
    let both = MethodSet(bits: methods.bits & sent.bits)
    guard Coverage.cells(both, hasSIP: true, hasTel: false) == 0 else { return nil }
    return "its methods are none that \(sender) may send"
  }
}
