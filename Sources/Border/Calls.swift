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
        calls[call].answer(
          status: status, now: now, deadline: now + callDuration(call))
        counters.answeredCalls &+= 1
        tallies.add(.answered, of: calls[call].caller)
      } else {
        calls[call].status = status
        let isTimeout = status == 408 || calls[call].rangTooLong
        end(
          call, calls[call].wasCancelled ? .cancelled : isTimeout ? .timeout : .refused, now,
          openBranches: servers[server].openBranches)
      }
    case .bye where status != 401 && status != 407:
      // RFC 3261 §15.1.1: the dialog is over whatever the answer, unless the BYE is to be sent
      // again with credentials. The call is over with its last dialog.
      endDialog(servers[server].tags, call, servers[server].passes, now)
    case .refer, .subscribe:
      // What was refused begins nothing, and ends nothing that others began.
      if status >= 300, servers[server].beganUsage { note(.ends, call, servers[server].passes) }
      servers[server].beganUsage = false
    default:
      break
    }
  }

  /// Ends a dialog in the record of its call, and in that of every other pass of a spiral.
  private mutating func endDialog(
    _ tags: (to: UInt32, from: UInt32), _ call: Handle, _ passes: ServerTransaction.Passes?,
    _ now: Instant
  ) {
    var place: Handle? = passes?.newest ?? call
    for _ in 0..<Limits.routes {
      guard let pass = place, calls.contains(pass) else { return }
      // Its record may be gone at once.
      place = before(pass, passes)
      if calls[pass].end(dialog: tags.to) || calls[pass].end(dialog: tags.from) {
        end(pass, .bye, now)
      }
    }
  }

  /// The pass before one of a spiral, unless it was the oldest that the request named.
  private mutating func before(
    _ pass: Handle, _ passes: ServerTransaction.Passes?
  ) -> Handle? {
    guard let passes, pass != passes.oldest else { return nil }
    return calls[pass].previous
  }

  /// A request within a dialog may begin or refresh another usage of it, which keeps the record of
  /// its call beyond the end of the call (RFC 5057 §3): a subscription by SUBSCRIBE for its Expires
  /// (RFC 6665 §4.2.1.1; the answer can only shorten it), one by REFER for as long as the referred
  /// call may ring, until its first NOTIFY says how long (RFC 3515 §2.4.4). The NOTIFY that ends
  /// one says so. The request has left by now.
  mutating func noteUse(
    _ message: borrowing Message, _ essentials: Essentials, _ server: Handle, _ now: Instant
  ) {
    guard essentials.toTag != nil, let call = servers[server].call,
      let usage = usage(message, server, now)
    else { return }
    if case .begins = usage { servers[server].beganUsage = true }
    note(usage, call, servers[server].passes)
  }

  private mutating func note(
    _ usage: Call.Usage, _ call: Handle, _ passes: ServerTransaction.Passes?
  ) {
    var place: Handle? = passes?.newest ?? call
    for _ in 0..<Limits.routes {
      guard let pass = place, calls.contains(pass) else { return }
      calls[pass].note(usage)
      place = before(pass, passes)
    }
  }

  private mutating func usage(
    _ message: borrowing Message, _ server: Handle, _ now: Instant
  ) -> Call.Usage? {
    let most = Dialogs.Limits.usage
    do throws(Malformed) {
      switch message.method {
      case .refer:
        return .begins(until: now + timing(of: server).c)
      case .subscribe:
        // RFC 6665 §8.2.4: without Expires the package's own time holds, which nobody knows here.
        guard let line = message.next(.expires) else { return .begins(until: now + most) }
        let seconds = try Scalar.deltaSeconds(message.bytes, message.headers[line].value)
        // Without time it ends one, which its last NOTIFY will say.
        guard seconds > 0 else { return nil }
        return .begins(until: now + min(.seconds(Int64(seconds)), most))
      case .notify:
        guard let line = message.next(.subscriptionState) else { return nil }
        let state = try SubscriptionState.parse(message.bytes, message.headers[line].value)
        if state.state == .terminated { return .ends }
        guard let seconds = state.expires else { return nil }
        return .lasts(until: now + min(.seconds(Int64(seconds)), most))
      default:
        return nil
      }
    } catch {
      // Its receiver will say what is wrong with it.
      return nil
    }
  }

  /// A 2xx to an INVITE is about to go to the caller: it makes a dialog, perhaps one of several,
  /// and the target that it came from is the callee, even if another was tried since.
  mutating func answered(
    _ message: borrowing Message, _ essentials: Essentials, _ server: Handle, by client: Handle,
    _ now: Instant
  ) {
    guard servers[server].method == .invite, servers[server].isInitial,
      let call = servers[server].call, calls.contains(call)
    else { return }
    let isNew = calls[call].begin(dialog: tagDigest(message.bytes, essentials.toTag))
    guard calls[call].state != .answered else { return }
    if calls[call].state == .ended {
      guard isNew, !isLeaving else { return }
      resume(call, message.outline.status, now)
    }
    retarget(call, to: clients[client].peer.raw)
    calls[call].calleeFlow = clients[client].flow
  }

  /// A call that has ended goes on: another dialog of it was made. It counts as one more. The
  /// policy that it began under may have gone since: then it has the one in force.
  private mutating func resume(_ call: Handle, _ status: UInt16, _ now: Instant) {
    if calls[call].isLingering { lingering &-= 1 }
    calls[call].policy = regimes.resume(calls[call].policy, by: .call)
    calls[call].resume(
      status: status, now: now, deadline: now + callDuration(call))
    enlist(call)
    counters.calls &+= 1
    counters.answeredCalls &+= 1
    tallies.add(.calls, of: calls[call].caller)
    tallies.add(.answered, of: calls[call].caller)
  }

  /// Stands for a tag in the record of a call; never 0.
  mutating func tagDigest(_ bytes: Span<UInt8>, _ tag: Slice?) -> UInt32 {
    var hash = self.hash()
    hash.combine(bytes, tag ?? .empty)
    return UInt32(truncatingIfNeeded: hash.finish().a) | 1
  }

  /// Ends a call: the operator is told once. Where something may still come for it, its record is
  /// remembered for 64*T1, in which the last transaction of its dialogs ends, or as long as another
  /// usage of them lasts. A target that was given up may take twice that to answer.
  /// - Parameter openBranches: how many targets may still answer its INVITE.
  mutating func end(
    _ call: Handle, _ cause: Call.Cause, _ now: Instant, openBranches: Int = 0
  ) {
    guard calls.contains(call), calls[call].state != .ended else { return }
    note(.callEnded(calls[call].summary(cause: cause, now: now)))
    tallies.add(.ended(cause), of: calls[call].caller)
    guard calls[call].hasDialogs || openBranches > 0,
      calls.count &- liveCalls < configuration.capacity.endedCalls
    else { return forget(call) }
    let grace = configuration.timing.t1 * (openBranches > 0 ? 128 : 64)
    delist(calls[call])
    calls[call].end(now: now, rememberedFor: grace)
    regimes.remember(calls[call].policy, by: .call)
  }

  /// Takes a record out, without a word.
  mutating func forget(_ call: Handle) {
    guard let record = calls.remove(call) else { return }
    if record.state != .ended { delist(record) }
    if record.isLingering { lingering &-= 1 }
    regimes.release(record.policy, by: record.state == .ended ? nil : .call)
    // Whether this policy mends or not: the one that the call began under may have.
    if callIndex.count > 0, callIndex.find(record.key) == call {
      callIndex.remove(record.key)
    }
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
    guard callIndex.count > 0, set.token == nil, set.next == nil,
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
