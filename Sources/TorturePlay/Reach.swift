import Basics
import Capture
import Platform
import Torture

/// Finds out whether anybody is there, before any message is played.
struct Reach {
  let plan: Plan
  let local: Address

  /// Asks by OPTIONS.
  /// - Returns: whether the element takes streams.
  func ask(_ voice: inout Voice) throws(Hindrance) -> Bool {
    if plan.target.transport.isReliable {
      try askByStream(&voice)
      return true
    }
    try askByDatagram(&voice)
    let limit = Interval(nanoseconds: min(plan.pace.timeout.nanoseconds, 2_000_000_000))
    do throws(Refusal) {
      _ = try StreamEnd(to: plan.target.endpoint, from: local, patience: limit)
      return true
    } catch {
      return false
    }
  }

  private func askByDatagram(_ voice: inout Voice) throws(Hindrance) {
    let port: DatagramPort
    do throws(Refusal) {
      port = try DatagramPort(Endpoint(local, port: 0), to: plan.target.endpoint)
    } catch {
      throw Hindrance("\(plan.target) cannot be reached from \(local.words): \(error)")
    }
    let options = options(&voice, .udp, port.local)
    let end = Clock.now() + plan.pace.timeout
    while Clock.now() < end {
      plan.capture?.datagram(options, from: port.local, to: plan.target.endpoint)
      _ = port.send(options, to: plan.target.endpoint)
      Sockets.wait([port.number], atMost: min(end - Clock.now(), .milliseconds(250)))
      switch port.receive() {
      case .message(let octets, let from):
        plan.capture?.datagram(octets, from: from, to: port.local)
        if (Wire(octets).status ?? 0) >= 200 { return }
      case .refused: throw Hindrance("\(plan.target): nobody listens there")
      case nil: break
      }
    }
    throw mute
  }

  private func askByStream(_ voice: inout Voice) throws(Hindrance) {
    let line: StreamEnd
    do throws(Refusal) {
      line = try StreamEnd(to: plan.target.endpoint, from: local, patience: plan.pace.timeout)
    } catch {
      throw Hindrance("nobody takes a connection from \(local.words): \(error)")
    }
    let options = options(&voice, .tcp, line.local)
    plan.capture?.stream(options, from: line.local, to: line.remote)
    _ = line.send(options)
    let end = Clock.now() + plan.pace.timeout
    while Clock.now() < end {
      Sockets.wait([line.number], atMost: end - Clock.now())
      switch line.receive() {
      case .octets(let octets):
        plan.capture?.stream(octets, from: line.remote, to: line.local)
        if (Wire(octets).status ?? 0) >= 200 {
          plan.capture?.close(from: line.local, to: line.remote)
          return
        }
      case .ended:
        throw Hindrance("\(plan.target) ends the connection instead of answering an OPTIONS")
      case nil: break
      }
    }
    throw mute
  }

  private func options(
    _ voice: inout Voice, _ transport: Transport, _ own: Endpoint
  ) -> [UInt8] {
    // Whoever may not forward it any further answers it himself (RFC 3261 §11).
    voice.request(
      "OPTIONS", "sip:\(plan.target.endpoint.hostPort)", over: transport, from: own.hostPort,
      maxForwards: 0)
  }

  private var mute: Hindrance {
    let time = Double(plan.pace.timeout.milliseconds) / 1_000
    return Hindrance(
      "\(plan.target) answers no OPTIONS from \(local.words) within \(time) s: is it there, and "
        + "does it know this address as a peer? (--listen, --timeout)")
  }
}
