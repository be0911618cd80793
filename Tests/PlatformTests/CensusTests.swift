import Basics
import Testing

@testable import Platform

@Suite("Places for streams")
struct CensusTests {
  private func source(_ number: Int) -> Address {
    Address(ipv4: 0x0a00_0000 | UInt32(number))
  }

  private func limits(_ change: (inout Limits) -> Void) -> Limits {
    var limits = Limits()
    limits.connections = 100
    limits.reservedConnections = 10
    limits.firstConnections = 20
    change(&limits)
    return limits
  }

  @Test("peers cannot take the places of the streams that we open, nor the reverse")
  func eachWay() {
    let census = Census(limits { $0.firstConnections = 0 })
    let accepted = (0..<200).filter { census.enter(source($0)) }.count
    #expect(accepted == 90)
    let opened = (0..<200).filter { _ in census.enter(nil) }.count
    #expect(opened == 10)
    for number in 0..<90 { census.leave(source(number)) }
    #expect((0..<200).filter { _ in census.enter(nil) }.count == 80)
    #expect((0..<200).filter { census.enter(source($0)) }.count == 10)
  }

  @Test("a crowd from one address leaves places for sources that have none")
  func first() {
    let census = Census(limits { _ in })
    #expect((0..<200).filter { _ in census.enter(source(1)) }.count == 70)
    #expect(census.enter(source(2)))
    #expect(!census.enter(source(2)))
    #expect((3..<200).filter { census.enter(source($0)) }.count == 19)
    #expect((0..<200).filter { _ in census.enter(nil) }.count == 10)
    // Each place is given back as what it was.
    census.leave(source(1))
    #expect(!census.enter(source(1)))
    #expect(census.enter(source(200)))
    for _ in 0..<10 { census.leave(nil) }
    for _ in 0..<69 { census.leave(source(1)) }
    for number in Array(2...21) + [200] { census.leave(source(number)) }
    #expect((0..<200).filter { _ in census.enter(source(1)) }.count == 70)
  }

  @Test("a /64 of IPv6 is one source, whatever address of it a host takes")
  func networks() {
    let census = Census(limits { $0.connectionsPerSource = 5 })
    func host(_ network: UInt64, _ number: Int) -> Address {
      Address(high: 0x2001_0db8_0000_0000 | network, low: UInt64(number) << 40)
    }
    #expect((0..<20).filter { census.enter(host(1, $0)) }.count == 5)
    #expect((0..<20).filter { census.enter(host(2, $0)) }.count == 5)
    census.leave(host(1, 19))
    #expect((0..<20).filter { census.enter(host(1, $0)) }.count == 1)
    // All of IPv4 lies in one /64.
    #expect((0..<20).filter { census.enter(source($0)) }.count == 20)
  }

  @Test("there are no more streams than descriptors")
  func descriptors() {
    let few = limits { $0.fit(descriptors: 120, used: 16) }
    let many = limits { $0.fit(descriptors: 1_000, used: 16) }
    let none = limits { $0.fit(descriptors: 16, used: 16) }
    #expect([few, many, none].map(\.connections) == [40, 100, 1])
  }

  @Test(
    "of few places, at most a quarter is kept back", arguments: [(1, 1, 1), (4, 3, 3), (8, 5, 6)])
  func few(limit: Int, own: Int, way: Int) {
    let census = Census(limits { $0.connections = limit })
    #expect((0..<20).filter { _ in census.enter(source(1)) }.count == own)
    #expect((2..<20).filter { census.enter(source($0)) }.count == way - own)
    #expect((0..<20).filter { _ in census.enter(nil) }.count == limit - way)
  }
}
