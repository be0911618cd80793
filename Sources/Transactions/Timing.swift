package import Basics

/// The timers of RFC 3261 §17 (Table 4), with L and M of RFC 6026 §7.
package enum Timer: UInt8, CaseIterable, Sendable {
  case a, b, c, d, e, f, g, h, i, j, k, l, m
}

/// The lengths of the timers. The defaults are those of RFC 3261 Table 4.
package struct Timing: Sendable {
  /// The estimate of a round trip.
  @Milliseconds package var t1: Interval = .milliseconds(500)
  /// The longest interval between retransmissions of a non-INVITE request and of an INVITE's final
  /// response.
  @Milliseconds package var t2: Interval = .seconds(4)
  /// How long a message may stay in the network.
  @Milliseconds package var t4: Interval = .seconds(5)
  /// Timer C, how long a callee may ring: more than three minutes (RFC 3261 §16.6 step 11).
  @Milliseconds package var c: Interval = .seconds(190)
  /// Timer D over an unreliable transport: at least 32 s (RFC 3261 §17.1.1.2).
  @Milliseconds package var d: Interval = .seconds(32)

  package init() {}

  /// How long a timer runs when it is started; A, E and G only the first time.
  /// - Returns: `nil` for a timer that is not started at all: A, E and G on a reliable transport.
  package func interval(of timer: Timer, isReliable: Bool) -> Interval? {
    switch timer {
    case .a, .e, .g: isReliable ? nil : t1
    case .b, .f, .h, .l, .m: t1 * 64
    case .c: c
    case .d: isReliable ? .seconds(0) : d
    case .i, .k: isReliable ? .seconds(0) : t4
    case .j: isReliable ? .seconds(0) : t1 * 64
    }
  }

  /// When a timer that is started now will fire.
  func expiry(of timer: Timer, from now: Instant, isReliable: Bool = false) -> Instant {
    interval(of: timer, isReliable: isReliable).map { now + $0 } ?? .distantFuture
  }

  /// How long a client's Timer E takes until it is reset to T2: 3.5 s by default (RFC 4320 §4.1).
  var untilT2: Interval {
    var interval = t1
    var total = interval
    while interval < t2, interval.nanoseconds > 0 {
      interval = min(interval * 2, t2)
      if interval < t2 { total = total + interval }
    }
    return total
  }
}

/// An interval in whole milliseconds, up to 49 days, in four octets: a machine holds five of them.
@propertyWrapper
package struct Milliseconds: Sendable {
  private var milliseconds: UInt32

  /// Rounds down, and clamps to what four octets hold.
  package init(wrappedValue: Interval) {
    milliseconds = UInt32(clamping: wrappedValue.milliseconds)
  }

  /// Never negative.
  package var wrappedValue: Interval {
    get { .milliseconds(Int64(milliseconds)) }
    set { milliseconds = UInt32(clamping: newValue.milliseconds) }
  }
}

/// The state that a machine is in, without its data: for audits, dumps and tests.
package enum Phase: Sendable {
  case calling, trying, proceeding, completed, confirmed, accepted, terminated
}

/// A message that is sent again and again in growing intervals: Timer A, E or G.
struct Retransmission {
  private(set) var due: Instant
  private var interval: Interval

  /// - Parameter interval: the first interval, or `nil` for a transport that needs no
  ///   retransmissions.
  init(from now: Instant, _ interval: Interval?) {
    self.interval = interval ?? .seconds(0)
    self.due = interval.map { now + $0 } ?? .distantFuture
  }

  mutating func stop() { due = .distantFuture }

  /// Starts the next interval: twice as long as the last one, within the bounds.
  mutating func restart(
    from now: Instant, atLeast shortest: Interval? = nil, atMost longest: Interval? = nil
  ) {
    interval = interval * 2
    if let shortest { interval = max(interval, shortest) }
    if let longest { interval = min(interval, longest) }
    due = now + interval
  }
}

/// 100 to 199.
func isProvisional(_ status: UInt16) -> Bool { status < 200 }

/// 200 to 299.
func isSuccess(_ status: UInt16) -> Bool { status >= 200 && status < 300 }
