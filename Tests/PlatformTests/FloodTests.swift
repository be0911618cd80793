import Basics
import Foundation
import Platform
import Testing

@Suite("The law of the loop: an input is taken only when there is room for what it causes")
struct FloodTests {
  @Test("the end of a stream on which 20,000 messages await answers is told whole, and in bounds")
  func manyFailures() throws {
    let flood = Flood()
    let sinkhole = Peer.datagrams()
    let workers = try Workers(
      [Listener(.udp, loopback), Listener(.tcp, loopback)], Settings()
    ) { _, _ in FloodElement(flood, Flow(.udp, listener: 0, remote: sinkhole.endpoint)) }
    let server = Peer.listening()
    let flow = Flow(.tcp, listener: 1, remote: server.endpoint)
    workers.post(.send(flow, owner: 1, count: 10, times: 500), to: 0)
    let accepted = try #require(server.accept())
    #expect(accepted.read(exactly: 5_000).count == 5_000)
    for round in 1..<40 as Range<UInt64> {
      workers.post(.send(flow, owner: 1 + 500 * round, count: 10, times: 500), to: 0)
      #expect(accepted.read(exactly: 5_000).count == 5_000)
    }
    let sender = Peer.datagrams()
    accepted.abort()
    for _ in 0..<2_000 { sender.send([0x44], to: workers.listeners[0].local.port) }
    #expect(eventually { flood.seen.failed == 20_000 })
    let seen = flood.seen
    #expect(seen.withoutRoom == 0)
    #expect(seen.overflows == 0)
    #expect(seen.received > 0)
    workers.drain(within: .seconds(2)) { _ in .drain }
    workers.join()
  }
}
