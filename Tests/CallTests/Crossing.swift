import Foundation
import Testing

/// By which transport and address family calls come in, and by which they go out.
struct Crossing: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let callerTransport: Ports.Transport
  let calleeTransport: Ports.Transport
  let calleeHost: String

  let callerHost = "127.0.0.2"

  static let all = [
    Crossing("UDP to UDP", .udp, .udp, "127.0.0.3"),
    Crossing("TCP to TCP", .tcp, .tcp, "127.0.0.3"),
    Crossing("UDP to TCP", .udp, .tcp, "127.0.0.3"),
    Crossing("IPv4 to IPv6", .udp, .udp, "::1"),
  ]

  private init(
    _ name: String, _ caller: Ports.Transport, _ callee: Ports.Transport, _ calleeHost: String
  ) {
    testDescription = name
    callerTransport = caller
    calleeTransport = callee
    self.calleeHost = calleeHost
  }

  /// A target as the policy names it.
  func target(_ host: String, _ port: Int) -> String {
    "\(calleeTransport.rawValue):\(host.contains(":") ? "[\(host)]" : host):\(port)"
  }

  func callee(_ scenario: String, calls: SIPp.Load, in folder: URL) async throws -> SIPp {
    try await SIPp("\(scenario)-callee", calleeTransport, at: calleeHost, calls: calls, in: folder)
      .listens(calleeTransport)
  }

  func caller(_ scenario: String, calls: SIPp.Load, to element: Element, in folder: URL) throws
    -> SIPp
  {
    try SIPp(
      "\(scenario)-caller", callerTransport, at: callerHost, calls: calls,
      calling: "127.0.0.1:\(element.port)", in: folder)
  }
}
