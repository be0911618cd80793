extension Rules {
  /// How many calls may go on at once, and how many of them without a final response.
  package struct SessionLimit: Sendable {
    /// Whose calls are counted together.
    package enum Subject: UInt8, Hashable, Sendable, CaseIterable {
      /// Those of the whole element.
      case element
      /// Those that a peer has begun.
      case peer
      /// Those that one source address of a peer, or its network (`bits`), has begun.
      case source
      /// Those to a beginning of the called user, of those that the rule lists.
      case calledPrefix
      /// Those that go out to a peer.
      case egress
      /// Those that go out to one address and port of a peer: its channels.
      case target

      /// Whether a call that finds it full is offered to the next target before it is refused.
      package var isOfWayOut: Bool { self == .egress || self == .target }
    }

    /// What the policy calls it.
    package var name: String
    /// Whose calls it counts together.
    package var subject: Subject
    /// The most calls; `nil` for any number.
    package var calls: UInt32?
    /// The most calls whose INVITE has no final response; `nil` for any number.
    package var halfOpen: UInt32?
    /// What a call gets that finds it full: 403, 480, 486 or 503, with no Retry-After.
    package var status: UInt16
    /// Whether it refuses calls, or only tells which it would.
    package var mode = Mode.enforce
    /// The peers that it holds for; `nil` for all. Of the way out it is those that are called.
    package var peers: [PeerID]?
    /// Beginnings of the called user, for `.calledPrefix`.
    package var prefixes: [[UInt8]] = []
    /// Leading bits that make a source, of the 128-bit form: 128 for an IPv4 address, 64 for a
    /// network of IPv6.
    package var ipv4Bits: UInt8 = 128
    /// As `ipv4Bits`, of an IPv6 address.
    package var ipv6Bits: UInt8 = 64

    /// - Parameter subject: also decides the status: 503 for the element and for peers, 403 for a
    ///   source, 480 for a beginning of the called user.
    package init(
      _ name: String, per subject: Subject, calls: UInt32? = nil, halfOpen: UInt32? = nil
    ) {
      self.name = name
      self.subject = subject
      self.calls = calls
      self.halfOpen = halfOpen
      status =
        switch subject {
        case .element, .peer, .egress, .target: 503
        case .source: 403
        case .calledPrefix: 480
        }
    }
  }
}

extension Rules {
  /// How many limits there are. They have one order: rate limits first, and session limits behind
  /// them; by it they are named in refusals, alarms and the log.
  package var limitCount: Int { rateLimits.count + sessionLimits.count }

  /// What the policy calls a limit.
  /// - Parameter place: below `limitCount`.
  package func nameOfLimit(_ place: Int) -> String {
    place < rateLimits.count
      ? rateLimits[place].name : sessionLimits[place - rateLimits.count].name
  }
}
