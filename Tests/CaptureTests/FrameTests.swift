import Basics
import Testing

@testable import Capture

@Suite("Frames")
struct FrameTests {
  static let here = Endpoint(Address(ipv4: 0x7f00_0002), port: 5060)
  static let there = Endpoint(Address(ipv4: 0x7f00_0001), port: 5070)

  /// The sum over what has its checksum in place is zero (RFC 1071 §1).
  static func isRight(_ frame: Frame, head: Int, protocol kind: UInt8) -> Bool {
    let packet = frame.octets
    let isIPv4 = head == 20
    if isIPv4, Checksum.of(Array(packet[..<20])) != 0 { return false }
    let addresses = isIPv4 ? packet[12..<20] : packet[8..<40]
    let part = packet[head...]
    let length = UInt16(part.count)
    let pseudo = Array(addresses) + [0, kind, UInt8(length >> 8), UInt8(length & 0xff)]
    return Checksum.of(pseudo + part) == 0
  }

  @Test("a file that could not be written once is not whole any more")
  func full() throws {
    let file = try CaptureFile("/dev/full", wall: { 0 })
    let sound = try CaptureFile("/dev/null", wall: { 0 })
    let large = try CaptureFile("/dev/full", wall: { 0 })
    for _ in 0..<100 {
      large.datagram([UInt8](repeating: 0x41, count: 409), from: Self.here, to: Self.there)
    }
    #expect(!large.flush())
    // The last one is more than what is gathered before it is written.
    for octets in [[0x41], [0x41], [UInt8](repeating: 0x41, count: 20_000)] {
      for one in [file, sound] { one.datagram(octets, from: Self.here, to: Self.there) }
      #expect(!file.flush() && sound.flush())
    }
    #expect(!file.flush() && sound.flush(), "nothing was left to be written")
  }

  @Test("a datagram over IPv4, octet by octet")
  func datagram() {
    let frame = Frame(datagram: [0x41, 0x42, 0x43], from: Self.here, to: Self.there, number: 7)
    #expect(
      frame.octets.prefix(12) == [0x45, 0, 0, 31, 0, 7, 0x40, 0, 64, 17]
        + frame.octets[10..<12])
    #expect(frame.octets[12..<20] == [127, 0, 0, 2, 127, 0, 0, 1])
    #expect(frame.octets[20..<26] == [0x13, 0xc4, 0x13, 0xce, 0, 11])
    #expect(frame.octets.suffix(3) == [0x41, 0x42, 0x43])
    #expect(Self.isRight(frame, head: 20, protocol: 17))
  }

  @Test("checksums are right for any length, in both families", arguments: 0..<40)
  func checksums(count: Int) {
    let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 200) }
    let far = Endpoint(Address(high: 0x2001_0db8_0000_0000, low: 1), port: 5060)
    for (from, to, head) in [(Self.here, Self.there, 20), (far, far, 40)] {
      let datagram = Frame(datagram: payload[...], from: from, to: to, number: 1)
      #expect(datagram.octets.count == head + 8 + count)
      #expect(Self.isRight(datagram, head: head, protocol: 17))
      let segment = Frame(
        segment: payload[...], from: from, to: to, number: 1, sequence: 0xffff_fff0,
        acknowledged: 5, [.psh, .ack])
      #expect(segment.octets.count == head + 20 + count)
      #expect(Self.isRight(segment, head: head, protocol: 6))
    }
  }

  @Test("a datagram whose checksum comes to zero says 0xffff (RFC 768)")
  func zeroSum() {
    let plain = Frame(datagram: [0, 0], from: Self.here, to: Self.there, number: 1).octets
    let sum = UInt16(plain[26]) << 8 | UInt16(plain[27])
    // With that sum as its only word, what is added up comes to 0xffff, and its complement to 0.
    let payload = [UInt8(sum >> 8), UInt8(sum & 0xff)]
    let frame = Frame(datagram: payload[...], from: Self.here, to: Self.there, number: 1)
    #expect(frame.octets[26..<28] == [0xff, 0xff])
  }

  @Test("a connection counts its octets from its first to its last segment")
  func connection() {
    var tape = Tape()
    var frames = tape.connect(from: Self.here, to: Self.there)
    frames += tape.stream(Array(repeating: 0x41, count: 3_000), from: Self.here, to: Self.there)
    frames += tape.stream([0x42], from: Self.there, to: Self.here)
    frames += tape.close(from: Self.there, to: Self.here)
    // What each side sends next, and what it says that it awaits, must be the same number.
    var next: [UInt16: UInt32] = [:]
    for frame in frames {
      let part = Array(frame.octets[20...])
      func word(_ place: Int) -> UInt32 {
        part[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
      }
      let (from, to) = (
        UInt16(part[0]) << 8 | UInt16(part[1]), UInt16(part[2]) << 8 | UInt16(part[3])
      )
      if let awaited = next[from] { #expect(word(4) == awaited) }
      let flags = Frame.Flags(rawValue: part[13])
      if flags.contains(.ack) { #expect(word(8) == next[to]) }
      let extra: UInt32 = flags.contains(.syn) || flags.contains(.fin) ? 1 : 0
      next[from] = word(4) &+ UInt32(part.count - 20) &+ extra
    }
    #expect(frames.count == 3 + 4 + 2 + 3)
    #expect(frames.map(\.octets.count).max() == 1_500)
    #expect(tape.close(from: Self.here, to: Self.there).isEmpty, "it is closed already")
  }

  @Test("a connection that nobody saw begin does so with its first octets")
  func lateConnection() {
    var tape = Tape()
    #expect(tape.stream([0x41], from: Self.here, to: Self.there).count == 5)
    let end = tape.close(from: Self.here, to: Self.there, isReset: true)
    #expect(end.count == 1)
  }
}
