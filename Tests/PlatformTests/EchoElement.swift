import Basics
import Glibc
import Platform
import Synchronization

/// What the echo elements of a test have seen, for the test to look at.
final class Witness: Sendable {
  struct Seen: Sendable {
    var messages: [(worker: Int, text: String, flow: Flow)] = []
    var failed: [UInt64] = []
    var refused: [UInt64] = []
    var unanswered: [UInt64] = []
    var asked = 0
    var letters: [String] = []
    var expired = 0
    var closed: [(closing: Closing, flow: Flow)] = []
    /// How many messages came at each time of the workers' clocks: in each turn.
    var turns: [Instant: Int] = [:]
  }

  let seen = Mutex(Seen())

  func note(_ body: (inout Seen) -> Void) { seen.withLock { body(&$0) } }

  var failed: [UInt64] { seen.withLock { $0.failed } }
  /// Owners of messages for which there was no stream to be had.
  var refused: [UInt64] { seen.withLock { $0.refused } }
  /// Owners of messages that were sent on streams that have ended since; echoes apart.
  var unanswered: [UInt64] { seen.withLock { $0.unanswered.filter { $0 != 7 } } }
  var asked: Int { seen.withLock { $0.asked } }
  var letters: [String] { seen.withLock { $0.letters } }
  var messages: [(worker: Int, text: String, flow: Flow)] { seen.withLock { $0.messages } }
  var mostInTurn: Int { seen.withLock { $0.turns.values.max() ?? 0 } }
  /// Why streams were closed.
  var closings: [Closing] { seen.withLock { $0.closed.map(\.closing) } }
  var closedRemotes: [Endpoint] { seen.withLock { $0.closed.map(\.flow.remote) } }
  var expired: Int { seen.withLock { $0.expired } }
}

/// An element that answers each message with the same octets.
///
/// A message is framed by a first line: `E12` and a line feed are followed by 12 octets. The letter
/// says what is done: `E` echo, `D` digest (nothing is sent but the worker is noted), `X` close
/// after the echo. The first octet of the body, when it is a digit, names the worker that owns the
/// message.
struct EchoElement: ~Copyable, Element {
  enum Letter: Sendable {
    case note(String)
    case drain
    case send(Flow, owner: UInt64, count: Int, times: Int)
    case wake(Instant)
    case close(Connection)
    /// Be slow: the whole worker stands still for so many milliseconds.
    case pause(UInt32)
  }

  let worker: Int
  let witness: Witness
  let isSteered: Bool
  let notes: Bool
  /// The listener that nobody is admitted at.
  let turnsAway: UInt8?
  var deadline: Instant?
  var isDraining = false

  init(
    _ worker: Int, _ witness: Witness, steered: Bool = false, notes: Bool = false,
    turnsAway: UInt8? = nil
  ) {
    self.turnsAway = turnsAway
    self.worker = worker
    self.witness = witness
    self.isSteered = steered
    self.notes = notes
  }

  func knows(_ flow: Flow) -> Bool { true }
  func admits(_ flow: Flow) -> Bool { flow.listener != turnsAway }
  func welcomes(_ flow: Flow, now: Instant) -> Bool { flow.listener != turnsAway }

  mutating func receive(
    _ bytes: Span<UInt8>, from flow: Flow, now: Instant, into out: inout Outbox
  ) {
    if notes {
      var text = ""
      for place in 0..<min(bytes.count, 32) {
        text.unicodeScalars.append(Unicode.Scalar(bytes[place]))
      }
      let (number, seen) = (worker, text)
      witness.note {
        $0.messages.append((number, seen, flow))
        $0.turns[now, default: 0] += 1
      }
    }
    if bytes[0] == UInt8(ascii: "D") { return }
    out.send(to: flow, owner: 7, atMost: bytes.count) { output in
      for place in 0..<bytes.count { output.append(bytes[place]) }
    }
    if bytes[0] == UInt8(ascii: "X"), let connection = flow.connection { out.close(connection) }
  }

  mutating func expire(now: Instant, into out: inout Outbox) {
    deadline = nil
    witness.note { $0.expired += 1 }
  }

  func nextDeadline() -> Instant? { deadline }

  mutating func failed(
    owner: UInt64, flow: Flow, _ loss: Loss, now: Instant, into out: inout Outbox
  ) {
    witness.note {
      switch loss {
      case .unsent: $0.failed.append(owner)
      case .refused:
        $0.failed.append(owner)
        $0.refused.append(owner)
      case .unanswered: $0.unanswered.append(owner)
      }
    }
  }

  func awaits(_ owner: UInt64) -> Bool {
    witness.note { $0.asked += 1 }
    return owner < Self.answered
  }

  func closed(_ flow: Flow, _ closing: Closing) {
    witness.note { $0.closed.append((closing, flow)) }
  }

  /// Owners from here on await nothing.
  static let answered: UInt64 = 1 << 32

  mutating func take(_ letter: consuming Letter, now: Instant, into out: inout Outbox) {
    switch letter {
    case .note(let text): witness.note { $0.letters.append(text) }
    case .drain: isDraining = true
    case .wake(let instant): deadline = instant
    case .close(let connection): out.close(connection)
    case .pause(let milliseconds): usleep(1_000 * milliseconds)
    case .send(let flow, let owner, let count, let times):
      for step in 0..<times {
        out.send(to: flow, owner: owner &+ UInt64(step), atMost: count) { output in
          for place in 0..<count { output.append(UInt8(truncatingIfNeeded: place)) }
        }
      }
    }
  }

  func owner(of bytes: Span<UInt8>) -> Int {
    guard isSteered, let line = endOfLine(bytes), line + 1 < bytes.count else { return worker }
    return Int(bytes[line + 1]) - 0x30
  }

  func frame(_ bytes: Span<UInt8>) -> Frame {
    if bytes[0] == 0x0d {
      guard bytes.count >= 2 else { return .needMore }
      let isPing = bytes.count >= 4 && bytes[2] == 0x0d && bytes[3] == 0x0a
      return .keepAlive(isPing ? 4 : 2, pong: isPing)
    }
    guard (0x41...0x5a).contains(bytes[0]) else { return .broken }
    guard let end = endOfLine(bytes) else { return .needMore }
    var length = 0
    for place in 1..<end { length = length * 10 + Int(bytes[place]) - 0x30 }
    let whole = end + 1 + length
    guard whole <= bytes.count else { return .needMore }
    return bytes[0] == UInt8(ascii: "L") ? .last(whole) : .message(whole)
  }

  func isDrained() -> Bool { isDraining }

  private func endOfLine(_ bytes: Span<UInt8>) -> Int? {
    for place in 0..<min(bytes.count, 16) where bytes[place] == 0x0a { return place }
    return nil
  }
}
