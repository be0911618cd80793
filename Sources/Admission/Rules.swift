package import Basics
package import SIP

/// A peer's number: small, dense, and the same for the same name over all reloads of a policy.
package struct PeerID: Hashable, Sendable {
  /// Its place in `Rules.peers`; a peer keeps its number over all loads of a policy.
  package var raw: UInt16

  package init(raw: UInt16) { self.raw = raw }
}

/// What a rule does when it applies.
package enum Mode: UInt8, Hashable, Sendable {
  /// What it says.
  case enforce
  /// Nothing: it counts, tells the operator what it would have done, and lets pass.
  case observe
}

/// Who may send what from where.
package struct Rules: Sendable {
  /// One peer, at the place of its number.
  package struct Peer: Sendable {
    /// Its place in `Rules.peers`.
    package var id: PeerID
    /// What the policy calls it, and so do log lines.
    package var name: String
    /// A bit for each listener that it may use.
    package var listeners: UInt64
    /// What it may send; another method gets 405.
    package var methods: MethodSet
    /// Where responses to what it was sent may come from.
    package var responses = ResponseSource.exact
    /// Whether `methods` and `responses` are enforced, or what they would refuse is only told.
    package var mode = Mode.enforce
    /// Whether our refusals to it name the decision, as the log does.
    package var tellsDecisions = false
    /// How long a call with it may last; `nil` for as long as the element lets any.
    package var maxDuration: Interval?

    /// What a peer may send of which nothing is said. Nobody registers with a border between
    /// providers, and nothing is on by accident: REGISTER has to be asked for.
    package static let usualMethods = MethodSet.all(but: .register)

    package init(
      id: PeerID, name: String, listeners: UInt64, methods: MethodSet = usualMethods
    ) {
      self.id = id
      self.name = name
      self.listeners = listeners
      self.methods = methods
    }
  }

  /// A prefix that a peer's requests come from. `bits` counts in the 128-bit form (IPv4: 96 more).
  package struct Source: Hashable, Sendable {
    /// The first address of the prefix; IPv4 is mapped into IPv6, as everywhere.
    package var network: Address
    /// How many leading bits of the 128 count.
    package var bits: UInt8
    /// Whose prefix it is.
    package var peer: PeerID

    package init(network: Address, bits: UInt8, peer: PeerID) {
      self.network = network
      self.bits = bits
      self.peer = peer
    }
  }

  /// Each peer at the place of its number.
  package var peers: [Peer]
  /// Where requests may come from; the longest prefix that holds an address decides.
  package var sources: [Source]
  /// Where peers are called that send no requests from there: only responses come from these.
  package var answering: [Source] = []
  /// What a source gets that no peer has.
  package var unknown = Unknown.silence
  /// That is at most so many times as large as what it sent.
  package var amplification = Limits.amplification
  /// How much of what may come in, in the order of the policy.
  package var rateLimits: [RateLimit] = []
  /// How many calls may go on at once, in the order of the policy.
  package var sessionLimits: [SessionLimit] = []
  /// Octets of the table of sources that nobody has named; read when it is first needed.
  package var sourceTable = Limits.sourceTable

  package init(peers: [Peer], sources: [Source]) {
    self.peers = peers
    self.sources = sources
  }
}
