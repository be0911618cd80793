import Admission
import Basics
import Dialogs
import SIP

// What the operator is told of a message, besides what became of it.
extension Core {
  /// The subject of a note about the message at hand.
  mutating func subject(_ message: borrowing Message, _ turn: Turn) -> Subject {
    var subject = Subject(peer: turn.peer, flow: turn.flow, callIDDigest: callIDDigest(message))
    subject.decision = decision()
    return subject
  }

  /// The subject of a note about a request that is kept.
  mutating func subject(of server: Handle) -> Subject {
    var subject = Subject(peer: servers[server].peer, flow: servers[server].flow)
    if let call = servers[server].call, calls.contains(call) {
      subject.callIDDigest = calls[call].callIDDigest
      subject.call = calls[call].id
    }
    return subject
  }

  /// The subject of a note about a request that was sent, which is read once more for it.
  mutating func subject(ofClient client: Handle, _ desk: inout Desk) -> Subject {
    let isLaid = desk.lay(clients[client].machine.request(in: shelf))
    return Subject(
      peer: clients[client].peer, flow: clients[client].flow,
      callIDDigest: isLaid ? callIDDigest(on: desk) : 0)
  }

  /// Tells the operator of a target that failed, and to which call that happened.
  mutating func noteFailure(
    of client: Handle, _ failure: TargetFailure, _ status: UInt16, hasNext: Bool,
    _ subject: Subject
  ) {
    var subject = subject
    subject.flow = clients[client].flow
    subject.peer = clients[client].peer
    if let server = clients[client].server, servers.contains(server),
      let call = servers[server].call, calls.contains(call)
    {
      subject.callIDDigest = calls[call].callIDDigest
      subject.call = calls[call].id
    }
    note(.targetFailed(failure, status: status, subject, hasNext: hasNext))
  }

  /// Stands for a Call-ID in the log.
  mutating func callIDDigest(_ bytes: Span<UInt8>, _ callID: Slice) -> UInt64 {
    var digest = hash()
    digest.combine(bytes, callID)
    return digest.finish().b
  }

  mutating func callIDDigest(on desk: borrowing Desk) -> UInt64 {
    callIDDigest(Message(desk.bytes.span, desk.table))
  }

  /// 0 for a message that has no Call-ID.
  private mutating func callIDDigest(_ message: borrowing Message) -> UInt64 {
    guard let header = message.header(message.outline.callID) else { return 0 }
    return callIDDigest(message.bytes, header.value)
  }
}
