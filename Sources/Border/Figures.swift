package import Admission
import BasicContainers
import Basics
package import Dialogs
import SIP

/// What a border counted by method, by class of response and by peer since it began: a copy, made
/// when somebody asks. How many numbers there are is up to the policy alone, never to a message.
package struct Figures: Sendable {
  /// Requests that could be read, by the raw values of their methods.
  package var methods: [Int]
  /// Responses that could be read, by the first digit of their status; nothing at 0.
  package var classes: [Int]
  /// A row for each peer, one after the other.
  private var rows: [Int]

  fileprivate init(methods: [Int], classes: [Int], rows: [Int]) {
    (self.methods, self.classes, self.rows) = (methods, classes, rows)
  }

  /// Nothing was counted.
  package init() { self.init(methods: [], classes: [], rows: []) }

  /// One number of a peer.
  package enum Column: Hashable, Sendable {
    /// Requests of it that could be read.
    case requests
    /// Messages of it that could not.
    case malformed
    /// Messages of it that a limit stopped without a word.
    case limited
    /// Calls that it began, and how many of these were answered.
    case calls, answered
    /// Calls in progress that it began, and calls in progress that go to it.
    case callsFrom, callsTo
    /// Calls that it began and that have ended so.
    case ended(Call.Cause)
    /// Requests of it that were refused so.
    case refused(Refusal.Cause)

    /// Its place in a row.
    @inline(__always)
    var place: Int {
      switch self {
      case .requests: 0
      case .malformed: 1
      case .limited: 2
      case .calls: 3
      case .answered: 4
      case .callsFrom: 5
      case .callsTo: 6
      case .ended(let cause): 7 &+ Int(cause.rawValue)
      case .refused(let cause): Self.firstRefusal &+ Int(cause.rawValue)
      }
    }

    private static let firstRefusal = 7 + Call.Cause.allCases.count
    /// How many places a row has.
    static let count = firstRefusal + Refusal.Cause.allCases.count
  }

  /// How many peers have a row: those with a lower number.
  package var peers: Int { rows.count / Column.count }

  /// A number of a peer; 0 for one that has no row.
  package subscript(peer: Int, column: Column) -> Int {
    peer < peers ? rows[peer &* Column.count &+ column.place] : 0
  }

  /// Whether anything was ever counted of a peer.
  package func knows(_ peer: Int) -> Bool {
    guard peer < peers else { return false }
    return rows[peer * Column.count..<(peer + 1) * Column.count].contains { $0 != 0 }
  }

  /// Adds what another worker counted.
  package mutating func add(_ other: Figures) {
    Self.add(other.methods, to: &methods)
    Self.add(other.classes, to: &classes)
    Self.add(other.rows, to: &rows)
  }

  private static func add(_ numbers: [Int], to sums: inout [Int]) {
    if sums.count < numbers.count {
      sums.append(contentsOf: repeatElement(0, count: numbers.count - sums.count))
    }
    for place in numbers.indices { sums[place] &+= numbers[place] }
  }
}

/// The numbers themselves, as one worker counts them: plain, and its own. There is a row for every
/// peer of the policy before the first message of it can come.
struct Tallies: ~Copyable {
  private var methods: RigidArray<Int>
  private var classes: RigidArray<Int>
  private var rows: UniqueArray<Int>
  /// How many places a row has.
  private let width = Figures.Column.count

  init(peers: Int) {
    methods = RigidArray(repeating: 0, count: SIP.Method.allCases.count)
    classes = RigidArray(repeating: 0, count: 8)
    rows = UniqueArray()
    grow(to: peers)
  }

  /// Another policy has come in force; peers keep their numbers, and there may be more of them.
  mutating func grow(to peers: Int) {
    let more = peers * width - rows.count
    guard more > 0 else { return }
    rows.reserveCapacity(rows.count + more)
    for _ in 0..<more { rows.append(0) }
  }

  mutating func request(_ method: SIP.Method) { methods[Int(method.rawValue)] &+= 1 }

  /// - Parameter status: 100 to 699, as the parser lets no other pass.
  mutating func response(_ status: UInt16) { classes[Int(status / 100) & 7] &+= 1 }

  /// - Parameter peer: the number of one of the policy's.
  mutating func add(_ column: Figures.Column, of peer: UInt16, _ change: Int = 1) {
    let place = Int(peer) &* width &+ column.place
    guard place < rows.count else { return }
    rows[place] &+= change
  }

  mutating func figures() -> Figures {
    Figures(
      methods: Self.copy(methods.span), classes: Self.copy(classes.span), rows: Self.copy(rows.span)
    )
  }

  private static func copy(_ span: Span<Int>) -> [Int] {
    var numbers: [Int] = []
    numbers.reserveCapacity(span.count)
    for place in 0..<span.count { numbers.append(span[place]) }
    return numbers
  }
}

extension Border {
  /// What was counted since it began.
  package mutating func figures() -> Figures { core.tallies.figures() }
}

// MARK: - Calls in progress

extension Core {
  /// A call is in progress from now on. Counts of calls are counts of records, so they cannot
  /// drift: where a record comes or goes, so does its count.
  mutating func enlist(_ call: Handle) {
    liveCalls &+= 1
    tallies.add(.callsFrom, of: calls[call].caller)
    tallies.add(.callsTo, of: calls[call].callee)
  }

  /// A call is in progress no more.
  mutating func delist(_ call: Call) {
    liveCalls &-= 1
    tallies.add(.callsFrom, of: call.caller, -1)
    tallies.add(.callsTo, of: call.callee, -1)
  }

  /// A call goes to another target than it did.
  mutating func retarget(_ call: Handle, to callee: UInt16) {
    guard calls[call].callee != callee else { return }
    if calls[call].state != .ended {
      tallies.add(.callsTo, of: calls[call].callee, -1)
      tallies.add(.callsTo, of: callee)
    }
    calls[call].callee = callee
  }
}
