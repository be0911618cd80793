/// Where a call stands in the counts of sessions. Its record keeps this for as long as it lives,
/// and gives back by it what it took: so it is independent of the policy, which may change
/// meanwhile.
package struct Seat: Sendable {
  /// How many narrow counts a call may stand in before its way out is chosen.
  package static let most = 4

  /// Who began it.
  package var caller: PeerID
  /// Whom it goes to.
  package var callee: PeerID
  /// The names of its narrow counts, by source and by beginning of the called user; 0 for none.
  package var narrow: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  /// The name of the count of its target; 0 where targets are not counted.
  package var target: UInt64 = 0

  /// One that stands in no narrow count.
  package init(caller: PeerID, callee: PeerID) {
    self.caller = caller
    self.callee = callee
  }

  subscript(place: Int) -> UInt64 {
    get {
      switch place {
      case 0: narrow.0
      case 1: narrow.1
      case 2: narrow.2
      default: narrow.3
      }
    }
    set {
      switch place {
      case 0: narrow.0 = newValue
      case 1: narrow.1 = newValue
      case 2: narrow.2 = newValue
      default: narrow.3 = newValue
      }
    }
  }
}
