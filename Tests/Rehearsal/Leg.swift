package import Basics

/// One side of a call as its user agent sees it: a dialog (RFC 3261 §12), or what is to become one.
package final class Leg {
  package enum State: Sendable { case calling, confirmed, ended }

  /// How the INVITE came out.
  package enum Outcome: Hashable, Sendable {
    case answered
    case refused(Int)
    case timedOut
    case neverAcknowledged
  }

  package let callID: String
  package let isCaller: Bool
  package let localTag: String
  package internal(set) var remoteTag: String?
  package internal(set) var state = State.calling
  package internal(set) var outcome: Outcome?
  /// The provisional responses that came, in their order.
  package internal(set) var provisional: [Int] = []
  /// The final statuses of requests within the dialog, by method.
  package internal(set) var inDialog: [(method: String, status: Int)] = []
  package var inDialogStatuses: [Int] { inDialog.map { $0.status } }
  /// Further dialogs that a fork gave this call.
  package internal(set) var forks: [Leg] = []
  /// When the INVITE went out or came in, and when it was answered.
  package internal(set) var began: Instant
  package internal(set) var answered: Instant?
  var localURI: String
  var remoteURI: String
  var remoteTarget: String
  var routeSet: [String] = []
  var cSeq = 1
  var remoteCSeq = 0
  var plan = Plan()
  var asking: Asking?
  var answering: Answering?
  var isCancelled = false
  var reINVITEIsPending = false
  /// The ACK of a 2xx, to be sent again with each retransmission of it.
  var ack: [UInt8]?
  /// Stops the retransmissions of a 2xx, by CSeq number.
  var acknowledged: Set<Int> = []

  init(
    callID: String, isCaller: Bool, localTag: String, local: String, remote: String,
    target: String, at now: Instant
  ) {
    self.callID = callID
    self.isCaller = isCaller
    self.localTag = localTag
    localURI = local
    remoteURI = remote
    remoteTarget = target
    began = now
  }

  /// Whether its INVITE has come out somehow and all of it is over.
  package var endedInOrder: Bool {
    state == .ended && outcome != nil && forks.allSatisfy { $0.state == .ended }
  }
}

/// What a caller means to do with a call.
package struct Plan: Sendable {
  /// Hangs up so long after the answer; `nil` leaves it to the callee.
  package var talk: Interval? = .seconds(3)
  /// Gives up so long after the INVITE.
  package var cancelAfter: Interval?
  /// Requests within the dialog, so long after the answer.
  package var requests: [(after: Interval, method: String)] = []
  package var body: [UInt8] = Array("v=0\r\n".utf8)
  /// More headers of the INVITE.
  package var headers: [(name: String, value: String)] = []

  package init() {}
}

/// What a callee does with a call.
package enum Habit: Sendable {
  /// 180 at once, 200 after `ring`, BYE after `talk` if it is given.
  case answer(ring: Interval = .seconds(1), talk: Interval? = nil)
  /// 180, then this status.
  case refuse(Int, after: Interval = .milliseconds(200))
  /// 503, 3xx and the like, at once; a redirection goes to the contact.
  case reject(Int, contact: String? = nil)
  /// 180 and nothing more until a CANCEL.
  case ring
  /// Not a word.
  case silent
  /// A proxy behind the callee forks: so many 2xx, each of a dialog of its own.
  case fork(Int)
  /// 183 that wants a PRACK, and 200 when it has come (RFC 3262).
  case reliable
}
