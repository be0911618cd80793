package import Basics
import Torture

/// What comes of one message while it is watched.
struct Course {
  /// The message.
  let sent: [UInt8]
  /// How it went.
  let way: Posts.Way
  /// Whether the element is expected to end the stream: then that is waited for as well.
  private let awaitsEnd: (after: Bool, alone: Bool)
  /// The Call-IDs in it: a broken message may have two. What follows on a stream is another one.
  private let callIDs: Set<[UInt8]>

  /// What came back to whoever asked.
  var answers: [Posts.Arrival] = []
  /// What came out elsewhere.
  var forwarded: [Posts.Arrival] = []
  /// Whether the element ended the stream.
  private(set) var isClosed = false

  init(_ sent: [UInt8], by way: Posts.Way, awaiting outcomes: [Outcome] = []) {
    self.sent = sent
    self.way = way
    let isStream = way.transport.isReliable
    awaitsEnd = (
      isStream && outcomes.contains { $0.closes },
      isStream && outcomes.contains { $0.deed == .close }
    )
    callIDs = Set(Places(isStream ? Posts.cut(sent).first : sent).callIDs)
  }

  /// Whether a message belongs to it by its Call-ID; `nil` where that says nothing, as one of the
  /// two has none.
  func has(_ callID: [UInt8]?) -> Bool? {
    guard let callID, !callIDs.isEmpty else { return nil }
    return callIDs.contains(callID)
  }

  /// The final response that came last.
  var final: Wire? {
    answers.lazy.map { Wire($0.octets) }.last { ($0.status ?? 0) >= 200 }
  }

  /// Looks whether the stream has ended since.
  /// - Returns: whether it has only now.
  mutating func noticeEnd() -> Bool {
    guard !isClosed, case .line(let line) = way, line.hasEnded else { return false }
    isClosed = true
    return true
  }

  /// How long the next thing is waited for.
  func patience(_ pace: Pace) -> Interval {
    if isClosed { return pace.quiet }
    let isAnswered = final != nil || !forwarded.isEmpty
    if isAnswered { return awaitsEnd.after || awaitsEnd.alone ? pace.timeout : pace.quiet }
    return awaitsEnd.alone ? max(pace.timeout, Pace.unfinished) : pace.timeout
  }
}

/// How long the player waits.
package struct Pace: Sendable {
  /// For the first sign of a message, and for each further one until the message is answered or
  /// forwarded.
  package var timeout: Interval
  /// After that, for more of it.
  package var quiet = Interval.milliseconds(120)
  /// For an element to come back that no longer answers.
  package var comeback = Interval.seconds(10)
  /// For the end of a stream whose message never becomes whole: an element may put up with that
  /// for a while.
  package static let unfinished = Interval.seconds(12)

  /// - Parameter timeout: for the first sign of a message.
  package init(timeout: Interval) { self.timeout = timeout }
}

extension Places {
  /// The Call-IDs of all messages in it, as they stand.
  var callIDs: [[UInt8]] {
    values(["call-id", "i"]).map { Array(octets[$0].trimmed) } + second
  }

  /// Those behind the first message's end.
  private var second: [[UInt8]] {
    let text = Array("\r\nCall-ID:".utf8)
    return octets.indices.filter { octets[$0...].starts(with: text) }.map { place in
      Array(octets[(place + text.count)...].prefix { $0 != 0x0d }.trimmed)
    }
  }
}

extension ArraySlice<UInt8> {
  var trimmed: ArraySlice<UInt8> {
    let start = drop { $0 == 0x20 || $0 == 0x09 }
    return start.prefix(
      upTo: (start.lastIndex { $0 != 0x20 && $0 != 0x09 } ?? start.startIndex - 1) + 1)
  }
}
