import Basics
import Capture
import Platform
import SIP

/// One TCP connection of the player, whoever began it.
final class Line {
  let side: Posts.Side
  fileprivate let end: StreamEnd
  /// What has come in and is no whole message yet.
  fileprivate var pending: [UInt8] = []
  /// The element sends no more by it.
  fileprivate(set) var hasEnded = false

  fileprivate init(_ end: StreamEnd, _ side: Posts.Side) {
    self.end = end
    self.side = side
  }
}

/// All that the player sends and hears by: the sockets of whoever asks, and those of the next hop
/// behind the element. What passes is written to the capture.
final class Posts {
  /// Whose sockets they are.
  enum Side {
    case caller, callee
  }

  /// How something came, and how an answer to it goes back.
  enum Way {
    case datagrams(DatagramPort, Endpoint)
    case line(Line)
    /// Nothing was sent.
    case nowhere

    var transport: Transport {
      switch self {
      case .datagrams, .nowhere: .udp
      case .line: .tcp
      }
    }

    /// This end of it.
    var local: Endpoint {
      switch self {
      case .datagrams(let port, _): port.local
      case .line(let line): line.end.local
      case .nowhere: Endpoint(.unspecified, port: 0)
      }
    }
  }

  /// One message of the element's.
  struct Arrival {
    var octets: [UInt8]
    var side: Side
    var way: Way
  }

  private let capture: CaptureFile?
  private var ports: [(side: Side, port: DatagramPort)] = []
  private var listeners: [(side: Side, port: StreamPort)] = []
  private var lines: [Line] = []

  init(_ capture: CaptureFile?) { self.capture = capture }

  // MARK: Opening

  /// Opens UDP and TCP at an endpoint; with port 0, at one that is free in both.
  @discardableResult
  func open(_ side: Side, at local: Endpoint) throws(Refusal) -> Endpoint {
    let port = try DatagramPort(local)
    let listener: StreamPort
    do throws(Refusal) {
      listener = try StreamPort(port.local)
    } catch {
      // The port was free for UDP only; another may be free for both.
      guard local.port == 0 else { throw error }
      return try open(side, at: local)
    }
    ports.append((side, port))
    listeners.append((side, listener))
    return port.local
  }

  /// The caller's way by UDP from one of its ports.
  func way(from local: UInt16, to remote: Endpoint) -> Way? {
    let all = ports.filter { $0.side == .caller }
    let found = all.first { $0.port.local.port == local } ?? all.first
    return found.map { .datagrams($0.port, remote) }
  }

  /// Connects to the element.
  func connect(
    to remote: Endpoint, from local: Address, patience: Interval
  ) throws(Refusal) -> Line {
    let end = try StreamEnd(to: remote, from: local, patience: patience)
    let line = Line(end, .caller)
    lines.append(line)
    capture?.connect(from: end.local, to: end.remote)
    return line
  }

  /// Ends a connection.
  func close(_ line: Line) {
    lines.removeAll { $0 === line }
    if !line.hasEnded { capture?.close(from: line.end.local, to: line.end.remote) }
  }

  // MARK: Sending and hearing

  /// - Returns: whether the kernel took it.
  @discardableResult
  func send(_ octets: [UInt8], by way: Way) -> Bool {
    switch way {
    case .datagrams(let port, let remote):
      capture?.datagram(octets, from: port.local, to: remote)
      return port.send(octets, to: remote)
    case .line(let line):
      guard !line.hasEnded else { return false }
      capture?.stream(octets, from: line.end.local, to: line.end.remote)
      return line.end.send(octets)
    case .nowhere: return false
    }
  }

  /// Waits until something happens, at most until the instant; then takes all that is there.
  func hear(until limit: Instant) -> [Arrival] {
    let numbers =
      ports.map(\.port.number) + listeners.map(\.port.number)
      + lines.filter { !$0.hasEnded }.map(\.end.number)
    Sockets.wait(numbers, atMost: limit - Clock.now())
    var arrivals: [Arrival] = []
    for (side, port) in ports { take(port, side, &arrivals) }
    for (side, listener) in listeners {
      while let end = listener.accept() {
        capture?.connect(from: end.remote, to: end.local)
        lines.append(Line(end, side))
      }
    }
    for line in lines where !line.hasEnded { take(line, &arrivals) }
    lines.removeAll { $0.hasEnded && $0.side == .callee }
    return arrivals
  }

  private func take(_ port: DatagramPort, _ side: Side, _ arrivals: inout [Arrival]) {
    while let arrival = port.receive() {
      guard case .message(let octets, let remote) = arrival else { continue }
      capture?.datagram(octets, from: remote, to: port.local)
      // Such keep a mapping of addresses alive (RFC 5626 §3.5.2), and are no message.
      if octets.allSatisfy({ [0x0d, 0x0a, 0x00].contains($0) }) { continue }
      arrivals.append(Arrival(octets: octets, side: side, way: .datagrams(port, remote)))
    }
  }

  private func take(_ line: Line, _ arrivals: inout [Arrival]) {
    while let arrival = line.end.receive() {
      switch arrival {
      case .octets(let octets):
        capture?.stream(octets, from: line.end.remote, to: line.end.local)
        line.pending += octets
        cut(line, &arrivals)
      case .ended(let isReset):
        capture?.close(from: line.end.remote, to: line.end.local, isReset: isReset)
        line.hasEnded = true
        if !line.pending.isEmpty { give(line, line.pending.count, &arrivals) }
        return
      }
    }
  }

  /// Cuts whole messages off; what cannot be cut is one that is broken.
  private func cut(_ line: Line, _ arrivals: inout [Arrival]) {
    while !line.pending.isEmpty {
      switch Framing.measure(line.pending.span) {
      case .needMore: return
      case .keepAlive(let count, _): line.pending.removeFirst(count)
      case .message(let count): give(line, count, &arrivals)
      case .last, .broken: give(line, line.pending.count, &arrivals)
      }
    }
  }

  /// What a stream takes for the first message, and what follows it.
  static func cut(_ octets: [UInt8]) -> (first: [UInt8], rest: [UInt8]) {
    guard case .message(let count) = Framing.measure(octets.span) else { return (octets, []) }
    return (Array(octets[..<count]), Array(octets[count...]))
  }

  private func give(_ line: Line, _ count: Int, _ arrivals: inout [Arrival]) {
    let octets = Array(line.pending[..<count])
    line.pending.removeFirst(count)
    arrivals.append(Arrival(octets: octets, side: line.side, way: .line(line)))
  }
}
