import Admission
import Basics
import Border
import Rehearsal

/// Messages of one source whose bucket is spent, each asked for as a worker does.
enum Refusals {
  /// - Returns: the exit status.
  static func run(_ messages: Int) -> Int32 {
    var layout = Layout()
    layout.peer("west", ["10.1.0.0/16"], at: [])
    layout.rateLimits = [
      Rules.RateLimit(
        "each", per: .source, .messages, Pace(1, in: .seconds(60), burst: 1), .drop),
      Rules.RateLimit(
        "west", per: .peer, .messages, Pace(100, in: .seconds(1), burst: 1), .drop),
    ]
    let seed = Seed(tokens: Key(1, 2), hashes: Key(3, 4), generations: 5)
    var now = Instant(nanoseconds: 1_000_000_000)
    var border = Border(layout.configuration(), seed: seed, now: now)
    let flow = Flow(.udp, listener: 0, remote: endpoint("10.1.0.1:5060"))
    var refused = 0
    for _ in 0..<messages {
      now = now + Interval(nanoseconds: 100)
      if border.welcome(flow, now: now) == .tooMany { refused += 1 }
    }
    print("refused \(refused) of \(messages)")
    return refused == messages - 1 ? 0 : 1
  }
}
