import Basics
import Border
import SIP

/// The fields that lead from one line of a call, a peer or an address to the others.
struct About {
  let subject: Subject
  /// The peer's name, if it has one.
  let peer: [UInt8]
  let redacted: Redacted

  func write(into out: inout OutputSpan<UInt8>) {
    if subject.decision != 0 {
      out.name("decision")
      out.write(hexadecimal: subject.decision, digits: 16)
    }
    if !peer.isEmpty { out.field("peer", peer) }
    if subject.call != 0 {
      out.name("call")
      out.write(hexadecimal: subject.call, digits: 16)
    }
    if subject.callIDDigest != 0 {
      out.name("call-id")
      redacted.write(digest: subject.callIDDigest, into: &out)
    }
    source(subject.flow, redacted, &out)
  }
}

/// How many lines may still be written in this second, and how many were not.
struct Budget {
  let perSecond: Int
  private var second: Int64 = 0
  private var left: Int
  private var missed = 0

  init(perSecond: Int) {
    self.perSecond = perSecond
    left = perSecond
  }

  /// Looks at the clock.
  /// - Returns: how many lines were not written since the last one, where a new second begins.
  mutating func begin(_ wall: Int64) -> Int {
    guard wall / 1_000_000_000 != second else { return 0 }
    second = wall / 1_000_000_000
    left = perSecond
    defer { missed = 0 }
    return missed
  }

  /// - Returns: whether one more line may be written.
  mutating func take() -> Bool {
    guard left > 0 else {
      missed += 1
      return false
    }
    left -= 1
    return true
  }
}

/// Where a message came from or was to go. A port tells of no person, and tells two places at one
/// address apart.
func source(_ flow: Flow, _ redacted: Redacted, _ out: inout OutputSpan<UInt8>) {
  out.name("remote")
  redacted.write(flow.remote.address, into: &out)
  out.field("port", Int(flow.remote.port))
  out.field("transport", flow.transport == .udp ? "udp" : flow.transport == .tcp ? "tcp" : "tls")
}
