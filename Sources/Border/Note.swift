package import Admission
package import Basics
package import Dialogs
package import SIP

/// What an operator may want to know of one input: a value, made into text by `sallyport` alone.
package enum Note: Sendable {
  case callEnded(Call.Summary)
  /// A request was refused by this element itself.
  case refused(Refusal, Subject, method: Method)
  /// A rule that only observes would have done this with a request.
  case observed(Observation, Subject, method: Method)
  /// A response has a branch of ours and comes from elsewhere than its request was sent to, by the
  /// flow `asked`: it was let fall.
  case misplaced(status: UInt16, Subject, asked: Flow)
  /// A message was malformed, and was answered or not; what was found where the fault
  /// is.
  case malformed(Malformed, Malformed.Found, Subject, isAnswered: Bool)
  /// A limit of the policy of that number, at this place of all its limits, begins to bite; the
  /// subject is whose message was the first.
  case limitBegan(rule: Int, policy: UInt32, Subject)
  /// It has refused nothing for a while; how much it did since it began.
  case limitEnded(rule: Int, policy: UInt32, refused: Int)
  /// A target did not answer, could not be reached or said that it is down, and the next one is
  /// tried (or none is left). The subject is the request, and the target's peer and flow.
  case targetFailed(TargetFailure, status: UInt16, Subject, hasNext: Bool)
  /// A next hop's name could not be made an address. Said once of each question to the outside,
  /// however many requests wait for its answer, and once more when an answer comes after all that
  /// says more than that none came in time.
  /// The subject is the request that wanted it first.
  case unresolved(HostName, Unresolved, Subject)
}

/// Which message a note is about, and whose: what leads from one line of a call to the others.
package struct Subject: Sendable {
  /// Whose it was.
  package var peer: PeerID
  /// Where it came from, or was sent to.
  package var flow: Flow
  /// A keyed digest of its Call-ID, as in the line of its call; 0 where that was not read.
  package var callIDDigest: UInt64
  /// The number of its call in the log; 0 where it belongs to none, or none was looked for.
  package var call: UInt64
  /// Names the decision on it, also in the answer where the policy allows that; 0 for none.
  package var decision: UInt64 = 0

  package init(peer: PeerID, flow: Flow, callIDDigest: UInt64 = 0, call: UInt64 = 0) {
    self.peer = peer
    self.flow = flow
    self.callIDDigest = callIDDigest
    self.call = call
  }
}

/// How a target failed.
package enum TargetFailure: UInt8, Sendable, CaseIterable {
  /// It answered with a status after which the policy tries another one.
  case status
  /// It did not answer in its time.
  case timeout
  /// It takes no stream: the connection was refused, or not taken in time.
  case refused
  /// The request could not be sent, or not whole.
  case unsent
  /// The request was sent, and its stream ended before there was an answer.
  case unanswered

  init(_ loss: Loss) {
    self =
      switch loss {
      case .refused: .refused
      case .unsent: .unsent
      case .unanswered: .unanswered
      }
  }

  /// What it is to the core (RFC 3261 §16.8, §16.9): whether the target is down.
  var isDown: Bool { self != .timeout }
}

/// A host name as a request wrote it, or its first octets: of a fixed size, so that a note owns no
/// memory.
package struct HostName: Sendable {
  /// The most octets that are kept; few names are longer.
  package static let longest = 120

  private var octets = InlineArray<120, UInt8>(repeating: 0)
  /// How many octets are kept.
  package let count: Int
  /// Whether the name had more of them.
  package let isCut: Bool

  /// Keeps the first `longest` octets.
  package init(_ text: [UInt8]) {
    count = min(text.count, Self.longest)
    isCut = text.count > Self.longest
    for place in 0..<count { octets[place] = text[place] }
  }

  /// The octet at a place below `count`.
  package subscript(place: Int) -> UInt8 { octets[place] }
}

/// Datagrams and connections of sources that no peer has, since the operator was last told.
package struct Strangers: Sendable {
  /// How many; it may count the same source more than once.
  package internal(set) var count = 0
  /// Where the first of them came from.
  package internal(set) var first = Flow(
    .udp, listener: 0, remote: Endpoint(.unspecified, port: 0))
}

/// Counts of what a border did since it began. Plain numbers of one worker.
package struct Counters: Sendable {
  /// Messages handed in, whatever became of them: those of strangers too.
  package var received = 0
  /// Requests that could be read, retransmissions and ACKs among them.
  package var requests = 0
  /// Responses that could be read.
  package var responses = 0
  /// Requests sent on to a target; each target that was tried counts.
  package var forwarded = 0
  /// Messages and connections of sources that no peer has.
  package var unknownSource = 0
  /// Malformed requests that got a 400, 501 or 505.
  package var malformedAnswered = 0
  /// Malformed messages that nobody was told of: responses, ACKs, and what names nobody to answer.
  package var malformedDropped = 0
  /// Requests that a server transaction knew already (RFC 3261 §17.2).
  package var retransmissionsAbsorbed = 0
  /// Responses that no client transaction waits for (RFC 6026 §7.1).
  package var strayResponses = 0
  /// Responses with a branch of ours that came from elsewhere than their request was sent to.
  package var misplacedResponses = 0
  /// ACKs that could not be sent on: they are never answered.
  package var strayAcks = 0
  /// Requests that this element answered with a refusal of its own.
  package var refused = 0
  /// What rules that only observe would have done.
  package var observed = 0
  /// Messages that a limit stopped without a word.
  package var limited = 0
  /// Calls begun, and ended ones that a late 2xx made anew.
  package var calls = 0
  /// Those of `calls` that a 2xx answered.
  package var answeredCalls = 0

  package init() {}
}

/// How much the tables of a border hold at this moment.
package struct Occupancy: Sendable, Hashable {
  /// Calls that ring or talk.
  package var calls: Int
  /// Calls that have ended and are remembered for what is late.
  package var endedCalls: Int
  /// Those that are terminated are not among them.
  package var serverTransactions: Int
  /// As `serverTransactions`; each target that is tried has one.
  package var clientTransactions: Int
  /// Times that transactions, calls and waiting requests are due at.
  package var timers: Int
  /// Requests and responses kept to be sent again.
  package var keptMessages: Int
}
