import Basics
import Platform
import SIP
import Synchronization

/// The main thread while the workers serve. It hears signals, to the very end, and speaks through
/// the journal alone: a log that nobody reads must not keep the element from ending.
struct Service {
  let workers: Workers<Node>
  let journal: Journal
  let tally: Tally
  let level: Line.Level
  /// How long calls may go on once it was told to end.
  let drain: Interval

  /// How often it looks, while it drains, whether all workers have ended.
  private static let look = Interval.milliseconds(20)
  /// How long the workers may take, after the drain's limit, to tell everybody.
  private static let farewell = Interval.seconds(1)

  /// Serves until it is told to end, and all workers have ended.
  func run(_ signals: borrowing Signals) {
    while let signal = signals.next() {
      switch signal {
      case .terminate, .interrupt: return end(signals)
      case .report: dump()
      case .hangUp: keepPolicy()
      }
    }
  }

  /// SIGTERM or SIGINT came: drains, and at a second one ends what is left at once.
  private func end(_ signals: borrowing Signals) {
    endCalls(within: drain)
    say("draining") { $0.field("limit", drain) }
    while !workers.haveEnded {
      switch signals.next(within: Self.look) {
      case .terminate, .interrupt:
        endCalls(within: Interval(nanoseconds: 0))
        say("draining") { $0.field("limit", Interval(nanoseconds: 0)) }
      case .report: dump()
      case .hangUp: keepPolicy()
      case nil: break
      }
    }
    workers.join()
    say("ended") { $0.field("calls-cut", tally.callsCut.load(ordering: .relaxed)) }
  }

  private func endCalls(within interval: Interval) {
    let limit = Clock.now() + interval
    workers.drain(within: interval + Self.farewell) { _ in .drain(until: limit) }
  }

  private func dump() {
    for worker in 0..<workers.count {
      workers.post(.dump, to: worker)
      let counters = workers.counters(of: worker)
      journal.say(.notice, "transport:") { out in
        out.field("worker", worker)
        for (name, count) in Self.counts { out.field(name, Int(counters[count])) }
      }
    }
  }

  /// What a dump tells of the sockets: how much came and went, and what was lost or cut off.
  private static let counts: [(StaticString, Count)] = [
    ("datagrams-in", .datagramsIn), ("datagrams-out", .datagramsOut),
    ("stream-messages-in", .streamMessagesIn), ("stream-messages-out", .streamMessagesOut),
    ("open", .open), ("accepted", .accepted), ("connected", .connected), ("closed", .closed),
    ("refused", .refused), ("unframed", .unframed), ("late", .late), ("unread", .unread),
    ("held", .held), ("failures", .failures), ("unusable", .unusable),
    ("queue-full", .queueFull), ("ring-full", .ringFull),
    ("strange-datagrams", .strangeDatagrams), ("strange-connections", .strangeConnections),
  ]

  private func keepPolicy() {
    say("SIGHUP: reloading a policy has not landed yet; restart to change it") { _ in }
  }

  private func say(_ name: StaticString, _ fields: (inout OutputSpan<UInt8>) -> Void) {
    if level <= .notice { journal.say(.notice, name, fields) }
  }
}

/// What all workers count together.
final class Tally: Sendable {
  /// Calls that the limit of a drain ended.
  let callsCut = Atomic<Int>(0)
}
