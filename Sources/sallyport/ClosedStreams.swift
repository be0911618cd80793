import Admission
import Basics
import Border
import Platform
import SIP

extension Report {
  /// One line for a stream that was closed for cause, as long as there are few: they have a budget
  /// of their own, so that a crowd of idle streams takes nothing from the lines of calls.
  mutating func add(_ closing: Closing, _ flow: Flow, of peer: PeerID?, wall: Int64) {
    guard level <= .notice else { return }
    let missed = closings.begin(wall)
    guard closings.take() else { return }
    let name = peer.map { self.peer($0.raw) } ?? []
    let redacted = redacted
    line.add(.notice, "stream.closed", wall: wall) { out in
      if !name.isEmpty { out.field("peer", name) }
      out.field("cause", closing.text)
      source(flow, redacted, &out)
      if missed > 0 { out.field("not-told", missed) }
    }
  }
}

extension Closing {
  var text: StaticString {
    switch self {
    case .unframed: "unframed"
    case .unfinished: "unfinished"
    case .idle: "idle"
    case .unread: "unread"
    case .tooMany: "too-many"
    }
  }
}
