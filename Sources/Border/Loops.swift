import Basics
import Cryptography
import SIP

// Whether a request has been here before: as a loop, which ends, or as a spiral, which goes on.
extension Core {
  /// RFC 5393 §4.2.1: what decides where a request goes, and nothing that changes from hop to hop.
  mutating func loopHash(_ message: borrowing Message, _ essentials: Essentials) -> UInt64 {
    var hash = self.hash()
    hash.combine(message.bytes, message.outline.requestURI)
    hash.combine(message.bytes, essentials.callID)
    hash.combine(message.bytes, essentials.fromTag ?? .empty)
    hash.combine(message.bytes, essentials.toTag ?? .empty)
    hash.combine(UInt64(essentials.cSeq.number))
    var place = message.next(.route, from: 0)
    while let line = place {
      hash.combine(message.bytes, message.headers[line].value)
      place = message.next(.route, from: line &+ 1)
    }
    return hash.finish().a
  }

  /// Whether the request has been here before and would go the same way again (RFC 5393 §4.2.2):
  /// one of the Vias is ours and its second part is what we would write. A spiral, which comes back
  /// changed, is none.
  mutating func hasLooped(_ message: borrowing Message, _ essentials: Essentials) -> Bool {
    var place = message.next(.via, from: 0)
    var own: UInt64?
    while let line = place {
      if let via = ownVia(message.bytes, message.headers[line].value) {
        if own == nil { own = loopHash(message, essentials) }
        if via == own { return true }
      }
      place = message.next(.via, from: line &+ 1)
    }
    return false
  }

  /// The call that this INVITE has made already on its way through this element: the record of the
  /// pass before, by the topmost Via of ours.
  mutating func previousPass(_ message: borrowing Message) -> Handle? {
    var place = message.next(.via, from: Int(message.outline.via) &+ 1)
    while let line = place {
      if let token = ownBranch(message.bytes, message.headers[line].value)?.token {
        guard token.worker == worker, clients.contains(token.handle),
          let server = clients[token.handle].server, servers.contains(server)
        else { return nil }
        return servers[server].call
      }
      place = message.next(.via, from: line &+ 1)
    }
    return nil
  }

  /// The loop part of the first branch in a Via line, if that is a branch of ours. Our Via always
  /// stands in a line of its own when it leaves; who folds it into a list hides no loop that
  /// Max-Forwards does not end.
  private mutating func ownVia(_ bytes: Span<UInt8>, _ value: Slice) -> UInt64? {
    guard let branch = ownBranch(bytes, value)?.text else { return nil }
    var loop: UInt64 = 0
    for place in branch.end &- 16..<branch.end {
      let octet = bytes[place] | 0x20
      let digit = octet >= 0x61 ? octet &- 0x57 : octet &- 0x30 | 0
      loop = loop << 4 | UInt64(digit & 15)
    }
    return loop
  }

  private mutating func ownBranch(
    _ bytes: Span<UInt8>, _ value: Slice
  ) -> (text: Slice, token: Token)? {
    guard let branch = Peek.branch(bytes, in: value),
      branch.count == 7 + SealedToken.length + 1 + 16,
      let sealed = SealedToken(reading: bytes, at: branch.start &+ 7),
      let token = tokens.open(sealed), token.kind == .branch
    else { return nil }
    return (branch, token)
  }
}
