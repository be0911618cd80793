import Synchronization

/// What all workers of an element share, and what outlasts every version of its policy: who has
/// spent how much, and who holds how much. It is made once. Its tables have the sizes that the
/// policy says, and are changed without locks or, where calls begin and end, under locks that are
/// held for one look-up (DESIGN §3: steer, then own; only this is not owned).
package final class Shared: Sendable {
  private let tables = Mutex(Tables())
  /// When the next refusal of an unknown source would be due if all came evenly.
  let unknownRefusals = Atomic<Int64>(0)

  private struct Tables {
    var meters: Meters?
    var sources: SourceBuckets?
    var ledger: Ledger?
  }

  /// Empty: nobody has spent anything yet.
  package init() {}

  /// What is counted for the limits of a policy; what the policy before had under the same name
  /// goes on.
  func meters(for rules: Rules) -> Meters {
    let needed =
      rules.rateLimits.map { (name: $0.name, buckets: $0.buckets(peers: rules.peers.count)) }
      + rules.sessionLimits.map { (name: $0.name, buckets: 0) }
    return tables.withLock { tables in
      let meters = Meters(needed, after: tables.meters)
      tables.meters = meters
      return meters
    }
  }

  /// The table of sources, made when the first policy needs it: its size stays.
  func sources(_ octets: Int) -> SourceBuckets {
    tables.withLock { tables in
      if let sources = tables.sources { return sources }
      let sources = SourceBuckets(octets: octets)
      tables.sources = sources
      return sources
    }
  }

  /// How many calls go on; made when the first policy is built.
  func ledger(for rules: Rules) -> Ledger {
    tables.withLock { tables in
      if let ledger = tables.ledger { return ledger }
      let ledger = Ledger(peers: rules.peers.count)
      tables.ledger = ledger
      return ledger
    }
  }

  /// How many calls go on, by every count, for audits; of nothing before there is a policy.
  package func tally() -> Tally {
    tables.withLock { $0.ledger }?.tally() ?? Tally()
  }
}
