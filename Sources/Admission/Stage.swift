package import Basics
package import SIP

/// A request that has arrived, and where from. Nobody has judged it yet.
package struct Arrival: ~Copyable {
  /// The local address and the remote one that it came by.
  package let flow: Flow
  /// Who sends from there, by address alone.
  package let peer: PeerID

  package init(flow: Flow, peer: PeerID) {
    self.flow = flow
    self.peer = peer
  }
}

/// Proof that a request may cost this element something: it came from a peer that may send it.
package struct Admitted: ~Copyable {
  /// As the arrival's.
  package let flow: Flow
  /// The peer whose prefix and listener it came by, and whose methods allow it.
  package let peer: PeerID

  fileprivate init(_ arrival: consuming Arrival) {
    flow = arrival.flow
    peer = arrival.peer
  }
}

/// May this cost us anything? The ingress filter (source, listener and method) and the limits.
package struct Stage: ~Copyable, Sendable {
  /// What the policy lets in.
  package let rules: Rules
  private let prefixes: Prefixes
  private let answering: Prefixes
  private let rates: Rates

  /// Builds the tables, once for each load of a policy.
  /// - Parameters:
  ///   - shared: that of the element.
  ///   - secret: the key of the hashes, the same for all workers and versions.
  package init(_ rules: Rules, sharing shared: Shared = Shared(), secret: Key = Key(0, 0)) {
    self.rules = rules
    prefixes = Prefixes(rules.sources)
    answering = Prefixes(rules.answering)
    rates = Rates(rules, shared, secret)
  }

  private init(_ rules: Rules, _ prefixes: Prefixes, _ answering: Prefixes, _ rates: Rates) {
    (self.rules, self.prefixes, self.answering, self.rates) = (rules, prefixes, answering, rates)
  }

  /// Another one with the same tables, for another worker. A stage is never copied by accident:
  /// that would count references for each message.
  package func copy() -> Stage { Stage(rules, prefixes, answering, rates) }

  /// Whether what comes on a flow may cost this element anything: asked when a connection is to be
  /// accepted, and of a datagram before its octets are looked at.
  package func admits(_ flow: Flow) -> Bool {
    peer(of: flow) != nil || peer(answering: flow) != nil
  }

  /// The peer that a flow belongs to, asked before anything of its message is read. A source that
  /// no peer has, or that uses another peer's listener, has none, and gets silence.
  package func peer(of flow: Flow) -> PeerID? {
    peer(of: flow, in: prefixes)
  }

  /// The peer that is called where a flow comes from, though it sends no requests from there.
  package func peer(answering flow: Flow) -> PeerID? { peer(of: flow, in: answering) }

  private func peer(of flow: Flow, in prefixes: Prefixes) -> PeerID? {
    guard let peer = prefixes.peer(of: flow.remote.address), lets(peer, use: flow) else {
      return nil
    }
    return peer
  }

  /// The prefix that the source of a flow lies in, whatever listener it came to.
  package func owner(of flow: Flow) -> Prefixes.Owner? { prefixes.owner(of: flow.remote.address) }

  /// Whether a peer may use the listener of a flow.
  package func lets(_ peer: PeerID, use flow: Flow) -> Bool {
    rules.peers[Int(peer.raw)].listeners >> UInt64(flow.listener) & 1 != 0
  }

  /// Whether our refusals to a peer name the decision, as the log does.
  package func tellsDecisions(_ peer: PeerID) -> Bool {
    let place = Int(peer.raw)
    return place < rules.peers.count && rules.peers[place].tellsDecisions
  }

  /// Whether a message may be read at all: counts it for the limits of what a peer sends.
  /// - Parameter peer: whose source and listener it came by.
  /// - Returns: the rule that stops it, by its place in `Rules.rateLimits`.
  package func stop(
    _ flow: Flow, of peer: PeerID, at now: Instant, _ marks: inout Marks
  ) -> Int? {
    rates.stop(flow, of: peer, at: now, &marks)
  }

  /// Whether the peer may send this method (RFC 3261 §21.4.6), and as much as it does; only who
  /// sends from a known source gets as far as this, and only with what begins a transaction.
  /// - Parameters:
  ///   - observed: takes what rules that only observe would have done.
  ///   - marks: takes which limits begin to bite.
  /// - Returns: the proof, 405, or what the limit says that stops it.
  package func admit(
    _ arrival: consuming Arrival, _ message: borrowing Message, at now: Instant,
    _ observed: inout Observations, _ marks: inout Marks
  ) -> Verdict<Admitted> {
    let place = Int(arrival.peer.raw)
    if !rules.peers[place].methods.contains(message.method) {
      let refusal = Refusal(405, .methodNotAllowed, .methodNotAllowed)
      switch rules.peers[place].mode {
      case .enforce: return .refuse(refusal)
      case .observe: observed.add(.methods(refusal))
      }
    }
    let stopping = rates.stop(message, arrival, at: now, &marks)
    for place in 0..<marks.observes {
      observed.add(.rateLimit(UInt16(truncatingIfNeeded: marks.observing(place))))
    }
    guard let stopping else { return .pass(Admitted(arrival)) }
    return stopped(by: stopping)
  }

  private func stopped(by rule: Int) -> Verdict<Admitted> {
    switch rules.rateLimits[rule].action {
    case .drop: .drop(.rateLimit)
    case .refuse(let status):
      .refuse(Refusal(limit: status, .rateLimit, rule: UInt16(truncatingIfNeeded: rule)))
    }
  }

  /// Whether a rate limit still refuses anything.
  package func biting(_ rule: Int, at now: Instant) -> Biting { rates.meters.state(rule, at: now) }

  /// Whether a rate limit refuses anything at the moment, for whoever only looks: its end is told
  /// to who asks `biting`.
  package func bites(_ rule: Int, at now: Instant) -> Bool { rates.meters.bites(rule, at: now) }

  /// How much a rate limit has refused, or would have, since the element began.
  package func refused(_ rule: Int) -> Int { rates.meters.refused(rule) }
}
