import Admission
import Basics
import Cryptography
import Dialogs
import Routing
import SIP
import Transactions

// What responses do to the record of a call.
extension Core {
  /// A final response to a request of a call went out.
  mutating func concludeCall(_ server: Handle, _ status: UInt16, _ now: Instant) {
    guard let call = servers[server].call, calls.contains(call) else { return }
    switch servers[server].method {
    case .invite where servers[server].isInitial && calls[call].state == .calling:
      if status < 300 {
        calls[call].answer(status: status, now: now)
        counters.answeredCalls &+= 1
      } else {
        calls[call].status = status
        let isTimeout = status == 408 || calls[call].rangTooLong
        end(
          call, calls[call].wasCancelled ? .cancelled : isTimeout ? .timeout : .refused, now)
      }
    case .bye where status != 401 && status != 407:
      // RFC 3261 §15.1.1: the dialog is over whatever the answer, unless the BYE is to be sent
      // again with credentials. The call is over with its last dialog.
      let tags = servers[server].tags
      if calls[call].end(dialog: tags.to) || calls[call].end(dialog: tags.from) {
        end(call, .bye, now)
      }
    default:
      break
    }
  }

  /// A 2xx to an INVITE is about to go to the caller: it makes a dialog, perhaps one of several,
  /// and the target that it came from is the callee, even if another was tried since.
  mutating func answered(
    _ message: borrowing Message, _ essentials: Essentials, _ server: Handle, by client: Handle
  ) {
    guard servers[server].method == .invite, servers[server].isInitial,
      let call = servers[server].call, calls.contains(call)
    else { return }
    calls[call].begin(dialog: tagDigest(message.bytes, essentials.toTag))
    if calls[call].state == .calling {
      calls[call].callee = clients[client].peer.raw
      calls[call].calleeFlow = clients[client].flow
    }
  }

  /// Stands for a tag in the record of a call; never 0.
  mutating func tagDigest(_ bytes: Span<UInt8>, _ tag: Slice?) -> UInt32 {
    var hash = self.hash()
    hash.combine(bytes, tag ?? .empty)
    return UInt32(truncatingIfNeeded: hash.finish().a) | 1
  }

  /// Ends a call: its record goes, and the operator is told once.
  mutating func end(_ call: Handle, _ cause: Call.Cause, _ now: Instant) {
    guard let record = forget(call) else { return }
    note(.callEnded(record.summary(cause: cause, now: now)))
  }

  /// Takes a record out, without a word.
  @discardableResult
  mutating func forget(_ call: Handle) -> Call? {
    guard let record = calls.remove(call) else { return nil }
    if configuration.routing.mendsLostRoutes, callIndex.find(record.key) == call {
      callIndex.remove(record.key)
    }
    return record
  }

  // MARK: Lost route sets

  mutating func callKey(_ message: borrowing Message, _ callID: Slice, _ tag: Slice?) -> Key {
    var hash = self.hash()
    hash.combine(message.bytes, callID)
    hash.combine(message.bytes, tag ?? .empty)
    return hash.finish()
  }

  /// A request within a dialog that has no Route of ours belongs to no call that we know, unless
  /// the policy says that lost route sets are mended: then it is found by Call-ID and the caller's
  /// tag, and goes where the call's INVITE went, or came from.
  mutating func mend(
    _ set: inout RouteSet, _ message: borrowing Message, _ essentials: Essentials, _ turn: Turn
  ) {
    guard configuration.routing.mendsLostRoutes, set.token == nil, set.next == nil,
      let toTag = essentials.toTag
    else { return }
    let asCaller = callIndex.find(callKey(message, essentials.callID, essentials.fromTag))
    let asCallee = callIndex.find(callKey(message, essentials.callID, toTag))
    guard let handle = asCaller ?? asCallee, calls.contains(handle) else { return }
    // The stream of the INVITE may be gone by now: the caller is where he spoke last.
    if asCaller != nil, turn.flow.transport.isReliable, turn.peer.raw == calls[handle].caller {
      calls[handle].callerFlow = turn.flow
    }
    set.token = Token(
      kind: .both, node: 0, worker: worker, index: handle.index, generation: handle.generation)
    set.mended =
      asCaller != nil
      ? (calls[handle].calleeFlow, PeerID(raw: calls[handle].callee))
      : (calls[handle].callerFlow, PeerID(raw: calls[handle].caller))
  }
}
