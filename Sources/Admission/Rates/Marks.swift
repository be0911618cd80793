/// What limits have to tell of one message besides its verdict. Of a fixed size; more than these
/// are not told, only counted.
package struct Marks: Sendable {
  /// How many of each kind are kept.
  package static let most = 4

  private var begun = InlineArray<4, UInt32>(repeating: 0)
  private var observed = InlineArray<4, UInt32>(repeating: 0)
  /// How many limits begin to bite with this message.
  package private(set) var begins = 0
  /// How many would have stopped it, and only observe.
  package private(set) var observes = 0

  package init() {}

  /// Whether one more beginning finds room.
  var canBegin: Bool { begins < Self.most }

  mutating func begins(_ rule: Int) {
    guard begins < Self.most else { return }
    begun[begins] = UInt32(truncatingIfNeeded: rule)
    begins &+= 1
  }

  mutating func observes(_ rule: Int) {
    guard observes < Self.most else { return }
    observed[observes] = UInt32(truncatingIfNeeded: rule)
    observes &+= 1
  }

  /// A limit that begins to bite, by its place in the order of all limits.
  package func beginning(_ place: Int) -> Int { Int(begun[place]) }

  /// A limit that would have stopped the message, by its place in the order of all limits.
  package func observing(_ place: Int) -> Int { Int(observed[place]) }
}
