package import Admission
package import Basics
package import Dialogs
package import SIP

/// What an operator may want to know of one input: a value, made into text by `sallyport` alone.
package enum Note: Sendable {
  case callEnded(Call.Summary)
  /// A request was refused by this element itself.
  case refused(Refusal, flow: Flow, method: Method)
  /// A request was malformed, and was answered or not.
  case malformed(Malformed, flow: Flow, isAnswered: Bool)
  /// A target did not answer or could not be reached, and the next one is tried (or none is left).
  case targetFailed(status: UInt16, flow: Flow, hasNext: Bool)
  /// A next hop's name could not be made an address.
  case unresolved(flow: Flow)
}

/// Datagrams and connections of sources that no peer has, since the operator was last told.
package struct Strangers: Sendable {
  package internal(set) var count = 0
  /// Where the first of them came from.
  package internal(set) var first = Flow(
    .udp, listener: 0, remote: Endpoint(.unspecified, port: 0))
}

/// Counts of what a border did since it began. Plain numbers of one worker.
package struct Counters: Sendable {
  package var received = 0
  package var requests = 0
  package var responses = 0
  package var forwarded = 0
  package var unknownSource = 0
  package var malformedAnswered = 0
  package var malformedDropped = 0
  package var retransmissionsAbsorbed = 0
  package var strayResponses = 0
  package var strayAcks = 0
  package var refused = 0
  package var calls = 0
  package var answeredCalls = 0

  package init() {}
}

/// How much the tables of a border hold at this moment.
package struct Occupancy: Sendable, Hashable {
  package var calls: Int
  /// Calls that have ended and are remembered for what is late.
  package var endedCalls: Int
  package var serverTransactions: Int
  package var clientTransactions: Int
  package var timers: Int
  package var keptMessages: Int
}
