import Admission
import Basics
import Cryptography
import SIP

// Whether a request has been here before: as a loop, which ends, or as a spiral, which goes on.
extension Core {
  /// RFC 5393 §4.2.1: what decides where a request goes, and nothing that changes from hop to hop.
  /// The peer that it comes from and the listener choose its route as the Request-URI does.
  mutating func loopHash(
    _ message: borrowing Message, _ essentials: Essentials, from peer: PeerID, on listener: UInt8
  ) -> UInt64 {
    var hash = self.hash()
    hash.combine(UInt64(peer.raw) << 8 | UInt64(listener))
    hash.combine(message.bytes, message.outline.requestURI)
    hash.combine(message.bytes, essentials.callID)
    hash.combine(message.bytes, essentials.fromTag ?? .empty)
    hash.combine(message.bytes, essentials.toTag ?? .empty)
    hash.combine(UInt64(essentials.cSeq.number))
    var place = message.next(.route, from: Int(message.outline.route))
    while let line = place {
      hash.combine(message.bytes, message.headers[line].value)
      place = message.next(.route, from: line &+ 1)
    }
    return hash.finish().a
  }

  /// Whether the request has been here before and would go the same way again (RFC 5393 §4.2.2):
  /// one of the Vias is ours and its second part is what we would write. A spiral, which comes back
  /// changed or from another peer, is none.
  mutating func hasLooped(
    _ message: borrowing Message, _ essentials: Essentials, _ turn: Turn
  ) -> Bool {
    var walk = ViaWalk(message, from: Int(message.outline.via))
    var own: UInt64?
    while let branch = next(&walk, message) {
      let expected =
        own ?? loopHash(message, essentials, from: turn.peer, on: turn.flow.listener)
      if loopPart(message.bytes, branch.text) == expected { return true }
      own = expected
    }
    return false
  }

  /// The call that this INVITE has made already on its way through this element: the record of the
  /// pass before, by the topmost Via of ours.
  mutating func previousPass(_ message: borrowing Message) -> Handle? {
    var walk = ViaWalk(message, from: Int(message.outline.via))
    guard let token = next(&walk, message)?.token, token.worker == worker,
      clients.contains(token.handle), let server = clients[token.handle].server,
      servers.contains(server)
    else { return nil }
    return servers[server].call
  }

  /// Goes on to the next Via of ours. Who stands between two passes may have drawn several values
  /// into one line (RFC 3261 §7.3.1).
  private mutating func next(
    _ walk: inout ViaWalk, _ message: borrowing Message
  ) -> (text: Slice, token: Token)? {
    while true {
      while let branch = Peek.branch(message.bytes, in: walk.rest) {
        walk.rest = Slice(from: branch.end, to: walk.rest.end)
        if let token = ownToken(message.bytes, branch) { return (branch, token) }
      }
      guard let line = message.next(.via, from: walk.line &+ 1) else { return nil }
      walk = ViaWalk(message, from: line)
    }
  }

  private mutating func ownToken(_ bytes: Span<UInt8>, _ branch: Slice) -> Token? {
    guard branch.count == 7 + SealedToken.length + 1 + 16,
      let sealed = SealedToken(reading: bytes, at: branch.start &+ 7),
      let token = tokens.open(sealed), token.kind == .branch
    else { return nil }
    return token
  }

  /// The second part of a branch of ours.
  private func loopPart(_ bytes: Span<UInt8>, _ branch: Slice) -> UInt64 {
    var loop: UInt64 = 0
    for place in branch.end &- 16..<branch.end {
      let octet = bytes[place] | 0x20
      let digit = octet >= 0x61 ? octet &- 0x57 : octet &- 0x30
      loop = loop << 4 | UInt64(digit & 15)
    }
    return loop
  }
}

/// A place among the Via values of a message.
private struct ViaWalk {
  var line: Int
  var rest: Slice

  init(_ message: borrowing Message, from line: Int) {
    self.line = line
    rest = message.headers[line].value
  }
}
