import Foundation
import Testing

/// By which transport and address family calls come in, and by which they go out.
struct Crossing: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let callerTransport: Ports.Transport
  let calleeTransport: Ports.Transport
  let calleeHost: String

  let callerHost: String

  static let all = [
    Crossing("UDP to UDP", .udp, .udp, "127.0.0.3"),
    Crossing("TCP to TCP", .tcp, .tcp, "127.0.0.3"),
    Crossing("UDP to TCP", .udp, .tcp, "127.0.0.3"),
    Crossing("IPv4 to IPv6", .udp, .udp, "::1"),
    Crossing("IPv6 to IPv6", .udp, .udp, "::1", from: "::1"),
  ]

  private init(
    _ name: String, _ caller: Ports.Transport, _ callee: Ports.Transport, _ calleeHost: String,
    from callerHost: String = "127.0.0.2"
  ) {
    testDescription = name
    callerTransport = caller
    calleeTransport = callee
    self.calleeHost = calleeHost
    self.callerHost = callerHost
  }

  /// A policy for calls like these. There is but one IPv6 address on a loopback interface: who
  /// calls from there is the peer that answers there.
  func policy(port: Int, calleeTargets: [String]) -> PolicyText {
    var policy = PolicyText(port: port, calleeTargets: calleeTargets)
    policy.caller = callerHost == calleeHost ? "right" : "left"
    return policy
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
      calling: "\(callerHost.contains(":") ? "[::1]" : "127.0.0.1"):\(element.port)", in: folder)
  }
}
