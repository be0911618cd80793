package import Basics

/// Puts what is sent and received one after the other as frames: it gives packets their numbers,
/// and lets each TCP connection begin, count its octets and end as a real one does.
package struct Tape: Sendable {
  /// One way of one connection.
  private struct Way: Hashable {
    var from: Endpoint
    var to: Endpoint

    var back: Way { Way(from: to, to: from) }
  }

  /// What an Ethernet would carry in one segment.
  private static let segment = 1_460

  private var number: UInt16 = 0
  /// The number of the next octet of each way; a connection that is not here has not begun.
  private var next: [Way: UInt32] = [:]

  package init() {}

  /// A message by UDP.
  package mutating func datagram(
    _ octets: [UInt8], from: Endpoint, to: Endpoint
  ) -> [Frame] {
    [Frame(datagram: octets[...], from: from, to: to, number: following())]
  }

  /// A connection is there: the three segments that begin it. One of the same ends that was there
  /// before is forgotten.
  package mutating func connect(from: Endpoint, to: Endpoint) -> [Frame] {
    let way = Way(from: from, to: to)
    next[way] = UInt32(from.port) << 16 | 0x0101
    next[way.back] = UInt32(to.port) << 16 | 0x0202
    return [
      segment([], way, .syn), segment([], way.back, [.syn, .ack]), segment([], way, .ack),
    ]
  }

  /// Octets on a connection; one that has not begun does so first.
  package mutating func stream(
    _ octets: [UInt8], from: Endpoint, to: Endpoint
  ) -> [Frame] {
    let way = Way(from: from, to: to)
    var frames = next[way] == nil ? connect(from: from, to: to) : []
    for start in stride(from: 0, to: octets.count, by: Self.segment) {
      let end = min(start + Self.segment, octets.count)
      let isLast = end == octets.count
      frames.append(segment(octets[start..<end], way, isLast ? [.psh, .ack] : .ack))
    }
    return frames + [segment([], way.back, .ack)]
  }

  /// One side ends a connection, and the other does so too.
  /// - Parameter isReset: it was cut off.
  package mutating func close(
    from: Endpoint, to: Endpoint, isReset: Bool = false
  ) -> [Frame] {
    let way = Way(from: from, to: to)
    guard next[way] != nil else { return [] }
    defer {
      next[way] = nil
      next[way.back] = nil
    }
    if isReset { return [segment([], way, [.rst, .ack])] }
    return [
      segment([], way, [.fin, .ack]), segment([], way.back, [.fin, .ack]), segment([], way, .ack),
    ]
  }

  private mutating func segment(
    _ payload: ArraySlice<UInt8>, _ way: Way, _ flags: Frame.Flags
  ) -> Frame {
    let sequence = next[way] ?? 0
    let frame = Frame(
      segment: payload, from: way.from, to: way.to, number: following(),
      sequence: sequence, acknowledged: next[way.back] ?? 0, flags)
    // The first and the last of a way count as an octet each (RFC 9293 §3.4).
    let extra: UInt32 = flags.contains(.syn) || flags.contains(.fin) ? 1 : 0
    next[way] = sequence &+ UInt32(payload.count) &+ extra
    return frame
  }

  private mutating func following() -> UInt16 {
    number &+= 1
    return number
  }
}
