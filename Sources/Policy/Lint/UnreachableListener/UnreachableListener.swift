import Admission
import Basics
import Border
import Routing

extension Rule {
  static let unreachableListener = Rule(
    "unreachable-listener", "a listener on which no peer may send anything",
    .unreachableListener, .warning
  ) { study, remarks in
    // A bit for each listener that requests of an address family may come in on.
    var entrances: (ipv4: UInt64, ipv6: UInt64) = (0, 0)
    for source in study.admission.sources {
      let bits = study.admission.peers[Int(source.peer.raw)].listeners
      if Study.Network(source).isIPv4 { entrances.ipv4 |= bits } else { entrances.ipv6 |= bits }
    }
    for (place, listener) in study.listeners.enumerated() {
      let isIPv4 = listener.value.local.address.isIPv4
      let bits = isIPv4 ? entrances.ipv4 : entrances.ipv6
      guard bits >> UInt64(place) & 1 == 0 else { continue }
      let sender = "no peer with \(isIPv4 ? "IPv4" : "IPv6") sources"
      let isExit = study.isExit(UInt8(place))
      let end = isExit ? "it only sends, and takes answers" : "all that comes in meets silence"
      remarks.add(
        study.places.listeners[place], "\(sender) may use listener `\(listener.name)`: \(end)",
        isExit ? .note : .warning)
    }
  }
}

extension Study {
  /// Whether requests for any target may leave by a listener.
  fileprivate func isExit(_ listener: UInt8) -> Bool {
    routing.peerTargets.contains { target in
      switch target.transport {
      case .udp?: target.listeners.udp == listener
      case .tcp?: target.listeners.tcp == listener
      case .tls?: false
      case nil: target.listeners.udp == listener || target.listeners.tcp == listener
      }
    }
  }
}
