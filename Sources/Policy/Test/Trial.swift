package import Admission
import BasicContainers
package import Basics
package import Border
package import SIP

/// A border element that lives for one case: the pipeline that serves, in a world where the clock,
/// the secrets and the network are values. The same inputs always come to the same.
package struct Trial: ~Copyable {
  /// One message that leaves.
  package struct Sent: Sendable {
    /// Where it goes.
    package var flow: Flow
    /// Its octets.
    package var bytes: [UInt8]
  }

  /// What one input came to.
  package struct Outcome: Sendable {
    /// How far the message came.
    package var passage = Passage()
    /// What leaves, in its order.
    package var sent: [Sent] = []
    /// The streams that the border wants closed.
    package var closed: [Connection] = []
    /// The names that it wants to know the addresses of.
    package var questions: [Inquiry] = []
    /// What rules that only observe would have done.
    package var observed: [Observation] = []
    /// Why a stream that brought this would be closed.
    package var unframed: Malformed?

    init(unframed: Malformed? = nil) { self.unframed = unframed }
  }

  private var border: Border
  private var outbox = Outbox()
  /// The clock of the border.
  package private(set) var now = Instant(nanoseconds: 1_000_000_000_000)
  /// What time it is on the wall at the instant 0, in nanoseconds since 1970-01-01T00:00:00Z.
  private var wallAtZero: Int64

  /// The time on the wall where none is said, in nanoseconds since 1970-01-01T00:00:00Z.
  package static let usualWall = Moment.usual

  /// What time it is on the wall.
  var wall: Int64 { wallAtZero &+ now.nanoseconds }

  /// - Parameter wall: what time it is, in nanoseconds since 1970-01-01T00:00:00Z.
  package init(_ configuration: Configuration, wall: Int64 = Trial.usualWall) {
    let seed = Seed(
      tokens: Basics.Key(0x7361, 0x6c6c), hashes: Basics.Key(0x7970, 0x6f72), generations: 0x74)
    border = Border(configuration, seed: seed, now: now)
    wallAtZero = wall &- now.nanoseconds
    border.setWall(wall, now: now)
  }

  /// Sets the clock on the wall.
  mutating func set(wall: Int64) {
    wallAtZero = wall &- now.nanoseconds
    border.setWall(wall, now: now)
  }

  /// What the tables of the border hold now.
  package var occupancy: Occupancy { border.occupancy }

  /// A message came: a datagram, or what was read from a stream.
  package mutating func receive(_ bytes: [UInt8], from flow: Flow) -> Outcome {
    // A stranger's message goes on to where it is said whose source is nearest.
    guard border.welcome(flow, now: now) != .tooMany else { return outcome() }
    guard flow.transport.isReliable else {
      border.receive(bytes.span, from: flow, now: now, into: &outbox)
      return outcome()
    }
    switch Framing.measure(bytes.span) {
    case .message(let count):
      border.receive(bytes.span.extracting(..<count), from: flow, now: now, into: &outbox)
      return outcome()
    case .last(let count, let fault):
      border.receive(bytes.span.extracting(..<count), from: flow, now: now, into: &outbox)
      var outcome = outcome()
      outcome.unframed = fault
      return outcome
    case .broken(let fault):
      return Outcome(unframed: fault)
    case .needMore, .keepAlive:
      return Outcome(unframed: Malformed(.headersNotEnded, at: bytes.count))
    }
  }

  /// The outside has answered a question.
  package mutating func answer(_ ticket: UInt64, _ answer: Result<Address, Unresolved>) -> Outcome {
    border.answer(ticket, answer, now: now, into: &outbox)
    return outcome()
  }

  /// Lets time pass.
  /// - Returns: what was sent meanwhile.
  mutating func wait(_ interval: Interval) -> [Sent] {
    let end = now + interval
    var sent: [Sent] = []
    while let outcome = step(until: end) { sent += outcome.sent }
    return sent
  }

  /// Lets time pass until the next deadline of the border, or the end.
  /// - Returns: what happened at that deadline; `nil` when there was none before the end.
  package mutating func step(until end: Instant) -> Outcome? {
    guard let deadline = border.nextDeadline(), deadline <= end else {
      now = max(now, end)
      return nil
    }
    now = max(now, deadline)
    border.expire(now: now, into: &outbox)
    return outcome()
  }

  private mutating func outcome() -> Outcome {
    var outcome = Outcome()
    outcome.passage = border.passage
    border.drainNotes { note in
      if case .observed(let observation, _, _) = note { outcome.observed.append(observation) }
    }
    while let inquiry = border.nextInquiry() { outcome.questions.append(inquiry) }
    for place in 0..<outbox.transmits.count {
      let transmit = outbox.transmits[place]
      outcome.sent.append(Sent(flow: transmit.flow, bytes: Self.octets(outbox, transmit)))
    }
    for place in 0..<outbox.closes.count { outcome.closed.append(outbox.closes[place]) }
    outbox.clear()
    return outcome
  }

  private static func octets(_ outbox: borrowing Outbox, _ transmit: Transmit) -> [UInt8] {
    let start = Int(transmit.start)
    var copy: [UInt8] = []
    copy.append(addingCapacity: Int(transmit.count)) {
      $0.write(outbox.bytes.span.extracting(start..<start + Int(transmit.count)))
    }
    return copy
  }
}
