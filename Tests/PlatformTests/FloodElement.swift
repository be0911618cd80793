import Basics
import Platform
import Synchronization

/// What the flood element of a test was given.
final class Flood: Sendable {
  struct Seen: Sendable {
    var received = 0
    /// Inputs that came while the outbox had no room for what they cause.
    var withoutRoom = 0
    var failed = 0
    var overflows = 0
  }

  private let counts = Mutex(Seen())

  var seen: Seen { counts.withLock { $0 } }

  func note(_ body: (inout Seen) -> Void) { counts.withLock { body(&$0) } }
}

/// An element that answers each word of a failure with a large datagram, so that the outbox is full
/// again and again while failures are told.
struct FloodElement: ~Copyable, Element {
  enum Letter: Sendable {
    case drain
    case send(Flow, owner: UInt64, count: Int, times: Int)
  }

  let flood: Flood
  let sink: Flow
  var isDraining = false

  init(_ flood: Flood, _ sink: Flow) {
    self.flood = flood
    self.sink = sink
  }

  func knows(_ flow: Flow) -> Bool { true }
  func admits(_ flow: Flow) -> Bool { true }
  func welcomes(_ flow: Flow, now: Instant) -> Bool { true }

  mutating func receive(
    _ bytes: Span<UInt8>, from flow: Flow, now: Instant, into out: inout Outbox
  ) {
    let hasRoom = out.hasRoom
    flood.note {
      $0.received += 1
      if !hasRoom { $0.withoutRoom += 1 }
    }
  }

  mutating func expire(now: Instant, into out: inout Outbox) {}

  func nextDeadline() -> Instant? { nil }

  mutating func failed(
    owner: UInt64, flow: Flow, _ loss: Loss, now: Instant, into out: inout Outbox
  ) {
    let hasRoom = out.hasRoom
    write(1_200, to: sink, owner: 0, into: &out)
    let overflows = out.overflows
    flood.note {
      $0.failed += 1
      if !hasRoom { $0.withoutRoom += 1 }
      $0.overflows = overflows
    }
  }

  func awaits(_ owner: UInt64) -> Bool { true }

  func closed(_ flow: Flow, _ closing: Closing) {}

  mutating func take(_ letter: consuming Letter, now: Instant, into out: inout Outbox) {
    switch letter {
    case .drain: isDraining = true
    case .send(let flow, let owner, let count, let times):
      for step in 0..<times { write(count, to: flow, owner: owner &+ UInt64(step), into: &out) }
    }
  }

  func owner(of bytes: Span<UInt8>) -> Int { 0 }

  func frame(_ bytes: Span<UInt8>) -> Frame { .message(bytes.count) }

  func isDrained() -> Bool { isDraining }

  private func write(_ count: Int, to flow: Flow, owner: UInt64, into out: inout Outbox) {
    out.send(to: flow, owner: owner, atMost: count) { output in
      for _ in 0..<count { output.append(0x42) }
    }
  }
}
