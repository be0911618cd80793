import Basics
import Testing

@testable import Platform

/// The sockets of a program that plays a peer.
@Suite("Ports of a peer")
struct PortTests {
  private static let here = Address(ipv4: 0x7f00_0001)

  @Test("a datagram goes there and back, and nothing waits where nothing came")
  func datagrams() throws {
    let one = try DatagramPort(Endpoint(Self.here, port: 0))
    let two = try DatagramPort(Endpoint(Self.here, port: 0))
    #expect(one.receive() == nil)
    #expect(one.send([1, 2, 3], to: two.local))
    Sockets.wait([two.number], atMost: .seconds(5))
    guard case .message(let octets, let from)? = two.receive() else {
      Issue.record("nothing came")
      return
    }
    #expect(octets == [1, 2, 3] && from == one.local)
    #expect(two.receive() == nil)
  }

  @Test("a connected port is told that nobody is there")
  func refused() throws {
    let gone = try DatagramPort(Endpoint(Self.here, port: 0)).local
    let port = try DatagramPort(Endpoint(Self.here, port: 0), to: gone)
    _ = port.send([1], to: gone)
    Sockets.wait([port.number], atMost: .seconds(5))
    #expect(port.receive() == .refused)
  }

  @Test("a port that is taken is refused, in both kinds")
  func taken() throws {
    let one = try DatagramPort(Endpoint(Self.here, port: 0))
    #expect(throws: Refusal.addressInUse(Listener(.udp, one.local))) {
      try DatagramPort(one.local)
    }
    let two = try StreamPort(Endpoint(Self.here, port: 0))
    #expect(throws: Refusal.addressInUse(Listener(.tcp, two.local))) { try StreamPort(two.local) }
  }

  @Test("a stream carries octets both ways, and tells its end")
  func streams() throws {
    let listener = try StreamPort(Endpoint(Self.here, port: 0))
    #expect(listener.accept() == nil)
    let near = try StreamEnd(to: listener.local, from: Self.here, patience: .seconds(5))
    Sockets.wait([listener.number], atMost: .seconds(5))
    var far = listener.accept()
    #expect(far?.remote == near.local && far?.local == near.remote)
    #expect(near.receive() == nil)
    let octets = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
    #expect(near.send(Array(octets.prefix(60_000))))
    var received: [UInt8] = []
    while received.count < 60_000, let end = far {
      Sockets.wait([end.number], atMost: .seconds(5))
      guard case .octets(let more)? = end.receive() else { break }
      received += more
    }
    #expect(received.elementsEqual(octets.prefix(60_000)))
    far = nil
    Sockets.wait([near.number], atMost: .seconds(5))
    #expect(near.receive() == .ended(isReset: false))
  }

  @Test("a connection that nobody takes is refused at once")
  func nobody() throws {
    let gone = try StreamPort(Endpoint(Self.here, port: 0)).local
    #expect(throws: Refusal.self) {
      try StreamEnd(to: gone, from: Self.here, patience: .seconds(20))
    }
  }

  @Test("the address that leads to another one")
  func route() {
    let to = Endpoint(Address(ipv4: 0x7f00_0009), port: 9)
    #expect(Sockets.address(towards: to)?.ipv4 == 0x7f00_0001)
  }
}
