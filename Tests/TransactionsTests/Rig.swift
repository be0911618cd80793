import Basics
import Transactions

/// Virtual time in milliseconds.
func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

extension Instant {
  var inMilliseconds: Int64 { nanoseconds / 1_000_000 }
  var justBefore: Instant { Instant(nanoseconds: nanoseconds - 1) }
}

extension Shelf {
  /// Keeps a text, which is what the tests' messages are.
  mutating func keep(_ text: String) -> Kept? {
    let octets = Array(text.utf8)
    return keep(octets.span)
  }
}

/// The octets as text.
func spell(_ bytes: Span<UInt8>) -> String {
  var octets: [UInt8] = []
  for place in 0..<bytes.count { octets.append(bytes[place]) }
  return String(decoding: octets, as: UTF8.self)
}

/// One firing of a timer: when, and what the machine said.
struct Firing: Equatable, CustomStringConvertible {
  var milliseconds: Int64
  var outcome: String

  init(_ milliseconds: Int64, _ outcome: String) {
    self.milliseconds = milliseconds
    self.outcome = outcome
  }

  var description: String { "\(milliseconds) \(outcome)" }
}

/// What happens to a machine from the outside, in the words that all four share.
enum Input: String, CaseIterable, Sendable {
  /// To a server: the request once more, and an ACK.
  case request, ack
  /// From the TU to a server, or from the network to a client.
  case trying, ringing, success, busy, timeout
  /// From the TU to a client.
  case cancel
  case transportError

  var status: UInt16? {
    switch self {
    case .trying: 100
    case .ringing: 180
    case .success: 200
    case .busy: 486
    case .timeout: 408
    case .request: nil
    case .ack: nil
    case .cancel: nil
    case .transportError: nil
    }
  }
}

/// A machine, the shelf that it keeps its octets on, and the time.
protocol Rig: ~Copyable {
  var now: Instant { get set }
  var phase: Phase { get }
  var deadline: Instant { get }
  var inUse: Int { get }
  /// What the machine would send again.
  var kept: String { get }

  /// What the machine says to an input, `nil` for one that it has no door for.
  mutating func feed(_ input: Input, text: String?) -> String?
  mutating func expire() -> String
  mutating func release()
  /// The shelf, for the next machine.
  consuming func giveBack() -> Shelf
}

/// A shelf as small as there is.
func smallShelf() -> Shelf { Shelf(limit: 0) }

extension Rig where Self: ~Copyable {
  @discardableResult
  mutating func feed(_ input: Input) -> String? { feed(input, text: input.rawValue) }

  mutating func wait(until milliseconds: Int64) { now = at(milliseconds) }

  /// Lets the machine's timers fire, each exactly on time, and shows that none fires before.
  mutating func run(until milliseconds: Int64 = 1_000_000) -> [Firing] {
    var firings: [Firing] = []
    while deadline != .distantFuture, deadline <= at(milliseconds), firings.count < 1000 {
      let due = deadline
      if due > now {
        now = due.justBefore
        let early = expire()
        if early != "notYet" { firings.append(Firing(now.inMilliseconds, "early \(early)")) }
      }
      now = max(due, now)
      firings.append(Firing(now.inMilliseconds, expire()))
    }
    return firings
  }
}

/// A generator with a seed, so that a failing run can be run again.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}
