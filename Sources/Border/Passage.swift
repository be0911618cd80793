package import Admission
package import Basics
package import SIP

/// How far the message at hand came, and what decided that. A border keeps it for every message,
/// at the cost of a few stores, so that `explain` and a policy test read what the pipeline itself
/// has done, and never what another evaluator would think of it.
package struct Passage: Sendable {
  /// What a request meets, in that order.
  package enum Stage: UInt8, Hashable, Sendable, CaseIterable {
    /// Which peer is it from?
    case source
    /// Is it SIP, and what every request must have?
    case grammar
    case admission
    /// The checks of RFC 3261 §16.3 that need no policy.
    case request
    case authentication
    case identity
    case routing
    /// Its transactions, its call, and the message that leaves (RFC 3261 §16.6).
    case departure
  }

  /// What was said of the message last.
  package enum Verdict: Hashable, Sendable {
    /// No request was judged: the message was a response, and was taken or is stray.
    case none
    /// Its source gets no word.
    case silence(Admission.Reason)
    /// Octets that are no SIP message, let fall.
    case unreadable(Malformed)
    case malformed(Malformed, isAnswered: Bool)
    case refused(Refusal)
    /// Answered by this element itself, and not refused: an OPTIONS to it, or a CANCEL.
    case answered
    /// It belongs to a transaction that is there already, and goes no further.
    case absorbed
    /// An ACK that belongs to nothing.
    case stray
    /// It waits for the outside.
    case asking
    case forwarded
  }

  /// What showed a request its way.
  package enum Guide: UInt8, Hashable, Sendable {
    case none
    /// The policy's routes.
    case routes
    /// The route set of its dialog, known by a token of ours.
    case dialog
    /// A Route header to a configured peer.
    case routeHeader
    /// Its sender lost the route set; the call was found by Call-ID and tags.
    case mended
  }

  /// The last stage that was reached.
  package internal(set) var stage = Stage.source
  /// What was said of it there.
  package internal(set) var verdict = Verdict.none
  /// What showed it its way, or was to.
  package internal(set) var guide = Guide.none
  /// Whom it comes from.
  package internal(set) var peer: PeerID?
  /// The rate limit that stopped it, by its place in `Admission.Rules.rateLimits`.
  package internal(set) var limit: UInt32?
  /// Names the decision in the log and, where the policy allows it, in the answer; 0 while there
  /// was none that has a line.
  package internal(set) var decision: UInt64 = 0
  /// The prefix that its source lies in, by its place in `Admission.Rules.sources`.
  package internal(set) var source: UInt32?
  /// The route, by its place in `Routing.Rules.routes`.
  package internal(set) var route: UInt32?
  /// The target of that route, by its place in `Routing.Rules.targets`.
  package internal(set) var target: UInt32?
  /// The peer that it went to.
  package internal(set) var callee: PeerID?
  /// Where it was sent, and by which listener.
  package internal(set) var flow: Flow?

  package init() {}
}

extension Border {
  /// What became of the message that came last, or that went on last after an answer from outside.
  package var passage: Passage { core.passage }
}

extension Core {
  /// A request has left.
  mutating func noteDeparture(by flow: Flow, to callee: PeerID) {
    passage.stage = .departure
    passage.verdict = .forwarded
    (passage.flow, passage.callee) = (flow, callee)
  }
}

extension Passage {
  /// With the source that another passage of the same message has found: one that goes on after an
  /// answer from outside is not looked up again.
  package func takingSource(of other: Passage) -> Passage {
    var passage = self
    passage.source = passage.source ?? other.source
    return passage
  }
}
