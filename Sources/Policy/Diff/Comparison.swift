import Border

/// What two policies do differently: not where their texts differ, but which requests get another
/// verdict, each kind with one of them.
package struct Comparison: Sendable, Encodable {
  /// A kind of requests that get another verdict.
  package struct Change: Sendable, Encodable {
    /// What it is about: `listener`, `peer`, `route` or `element`.
    package var kind: String
    /// Its name in the policies.
    package var name: String
    /// What has become of it, in words.
    package var fact: String
    /// Methods of requests that were found to be of this kind.
    package var methods: [String] = []
    /// Peers from which such requests were found to come.
    package var peers: [String] = []
    /// What becomes of the witness in the policy as it is.
    package var old: Outcome
    /// As `old`, for the policy as it is to be.
    package var new: Outcome
    /// One request of this kind.
    package var witness: Witness
  }

  /// Requests that get another verdict, kind by kind.
  package internal(set) var changes: [Change] = []
  /// Settings that no verdict of one request shows.
  package internal(set) var settings: [SettingChange] = []
  /// What is called something else and is the same otherwise.
  package internal(set) var renames: [Rename] = []
  /// How many requests both policies were asked about.
  package internal(set) var requests = 0
  /// What was not compared, and which bound was in the way.
  package internal(set) var gaps: [String] = []

  /// Whether nothing is different, as far as it was compared.
  package var isEmpty: Bool { changes.isEmpty && settings.isEmpty && renames.isEmpty }

  /// How much is done at most.
  package struct Bounds: Sendable {
    /// Requests that are put to both.
    package var requests = 20_000
    /// Steps of the search for requests.
    package var steps = 20_000_000
    /// Comparisons of values with conditions, for each kind of conditions.
    package var values = 30_000_000
    /// Peers whose calls are looked at, from both of their sides.
    package var callers = 200
    /// Whether routes and peers are left out that are the same in both. Without that it takes
    /// longer and comes to the same.
    package var leavesOutWhatIsAlike = true

    package init() {}
  }

  /// Compares two policies.
  package static func of(
    _ old: Snapshot, _ new: Snapshot, within bounds: Bounds = Bounds()
  ) -> Comparison {
    var hearing = Hearing(old, new, within: bounds)
    hearing.askAll()
    var comparison = hearing.comparison
    comparison.settings = SettingChange.all(old, new)
    // What requests have shown is not told twice.
    if comparison.changes.contains(where: { $0.witness.isWithoutRouteSet }) {
      comparison.settings.removeAll { $0.path == "routing.lost-routes" }
    }
    return comparison
  }
}
