import Basics
package import SIP

extension Rules {
  /// How much of something may come in. Each rule has buckets: one, or one for each of those that
  /// it is `per`.
  package struct RateLimit: Sendable {
    /// Whose buckets they are: the narrower, the earlier a message meets them. Who is stopped by
    /// his own bucket has spent nothing of a wider one.
    package enum Subject: UInt8, Hashable, Sendable, Comparable, CaseIterable {
      /// A source address (IPv4), or its network (`bits`): of nobody that the policy names.
      case source
      /// Who From claims to be, together with the source: a claim is not an identity, so a forger
      /// spends his own.
      case claim
      /// A peer.
      case peer
      /// A beginning of the called user, of those that the rule lists.
      case calledPrefix
      /// The whole element.
      case element

      package static func < (one: Subject, other: Subject) -> Bool {
        one.rawValue < other.rawValue
      }
    }

    /// What counts.
    package enum Unit: UInt8, Hashable, Sendable {
      /// Whatever comes, before it is read: retransmissions, responses and garbage too.
      case messages
      /// Requests that begin a transaction; no ACK, no CANCEL and no retransmission.
      case requests
      /// INVITEs that begin a call: call attempts.
      case calls
    }

    /// What becomes of what comes too soon.
    package enum Action: Hashable, Sendable {
      /// It gets no word.
      case drop
      /// It gets this status, with no Retry-After (RFC 3261 §21.5.4: a peer would then send none at
      /// all for as long).
      case refuse(UInt16)
    }

    /// What the policy calls it: the same name under another policy has the same buckets.
    package var name: String
    /// Whose buckets they are.
    package var subject: Subject
    /// What takes from them.
    package var unit: Unit
    /// How large they are, and how fast they fill again.
    package var pace: Pace
    /// What becomes of what finds its bucket empty.
    package var action: Action
    /// Whether it stops anything, or only counts and tells.
    package var mode = Mode.enforce
    /// Whose messages it counts; `nil` for those of all peers.
    package var peers: [PeerID]?
    /// What it counts; for `.messages` always all.
    package var methods = MethodSet.all
    /// Beginnings of the called user that it counts, as a number; none of them: all users.
    package var prefixes: [[UInt8]] = []
    /// Leading bits that make a source, of the 128-bit form: 128 for an IPv4 address, 64 for a
    /// network of IPv6.
    package var ipv4Bits: UInt8 = 128
    /// As `ipv4Bits`, for IPv6.
    package var ipv6Bits: UInt8 = 64

    package init(
      _ name: String, per subject: Subject, _ unit: Unit, _ pace: Pace, _ action: Action
    ) {
      self.name = name
      self.subject = subject
      self.unit = unit
      self.pace = pace
      self.action = action
    }
  }
}
