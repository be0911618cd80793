/// What came of many mutants, field by field.
package struct Toll: Sendable {
  /// Of one field.
  package struct Row: Sendable {
    /// Mutants that were sent.
    package var sent = 0
    /// Responses that came back, by the first digit of their status.
    package var answered = [0, 0, 0, 0, 0, 0, 0]
    /// Requests that left towards a next hop, retransmissions among them.
    package var forwarded = 0
    /// Mutants that no stream can carry as one message.
    package var unframed = 0
    /// Mutants of which nothing came at all.
    package var silent = 0
    /// Mutants that broke something.
    package var broken = 0

    package init(sent: Int = 0) { self.sent = sent }
  }

  /// A mutant that broke something.
  package struct Fault: Sendable {
    /// Which one.
    package var number: Int
    /// What it was, and what it broke.
    package var words: String
  }

  /// The fields by name.
  package let groups: [String]
  /// Of each field.
  package private(set) var rows: [Row]
  /// The first of those that broke something.
  package private(set) var faults: [Fault] = []
  /// How many broke something.
  package var broken: Int { rows.reduce(0) { $0 + $1.broken } }

  /// How many faults are told one by one.
  static let mostFaults = 20

  /// Nothing has been sent yet.
  package init(groups: [String]) {
    self.groups = groups
    rows = Array(repeating: Row(), count: groups.count)
  }

  /// Adds what came of one mutant.
  /// - Parameters:
  ///   - group: its field.
  ///   - fault: what it was and what it broke; `nil` for nothing.
  package mutating func add(_ row: Row, to group: Int, _ number: Int, _ fault: String?) {
    rows[group].sent += row.sent
    for place in row.answered.indices { rows[group].answered[place] += row.answered[place] }
    rows[group].forwarded += row.forwarded
    rows[group].unframed += row.unframed
    let isSilent =
      row.sent > 0 && row.forwarded == 0 && row.unframed == 0
      && row.answered.allSatisfy { $0 == 0 }
    if isSilent { rows[group].silent += 1 }
    guard let fault else { return }
    rows[group].broken += 1
    if faults.count < Self.mostFaults { faults.append(Fault(number: number, words: fault)) }
  }
}
