package import Admission
package import Basics
package import Dialogs
package import SIP

/// What an operator may want to know of one input: a value, made into text by `sallyport` alone.
package enum Note: Sendable {
  case callEnded(Call.Summary)
  /// A request was refused by this element itself.
  case refused(Refusal, flow: Flow, method: Method)
  /// A rule that only observes would have done this with a request.
  case observed(Observation, flow: Flow, method: Method)
  /// A request was malformed, and was answered or not.
  case malformed(Malformed, flow: Flow, isAnswered: Bool)
  /// A target did not answer or could not be reached, and the next one is tried (or none is left).
  case targetFailed(status: UInt16, flow: Flow, hasNext: Bool)
  /// A next hop's name could not be made an address. Said once of each question to the outside,
  /// however many requests wait for its answer, and once more when an answer comes after all that
  /// says more than that none came in time.
  /// - Parameter flow: whose request wanted it first.
  case unresolved(HostName, Unresolved, flow: Flow)
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
  /// What rules that only observe would have done.
  package var observed = 0
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
