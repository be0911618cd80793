import Basics

/// The other workers, as one of them sees them: a ring to each, a ring from each, and their bells.
struct Neighbours: ~Copyable {
  private let outgoing: [Ring?]
  private let incoming: [Ring?]
  private let bells: [Doorbell]
  private var isRung: [Bool]

  /// - Parameters:
  ///   - worker: whose neighbours they are.
  ///   - rings: the ring from each worker (first index) to each other one (second).
  init(of worker: Int, rings: [[Ring?]], bells: [Doorbell]) {
    outgoing = rings[worker]
    incoming = rings.map { $0[worker] }
    self.bells = bells
    isRung = bells.map { _ in false }
  }

  var count: Int { bells.count }

  /// Whether any of them has left something.
  var isEmpty: Bool {
    for place in 0..<incoming.count {
      if let ring = incoming[place], !ring.isEmpty { return false }
    }
    return true
  }

  /// Whether any of them has not taken yet what was handed over.
  var isAwaited: Bool {
    for place in 0..<outgoing.count {
      if let ring = outgoing[place], !ring.isEmpty { return true }
    }
    return false
  }

  /// The ring from one of them; `nil` from the worker to itself.
  func ring(from worker: Int) -> Ring? { incoming[worker] }

  /// Hands something over; the other is woken by `ringBells`.
  mutating func push(_ envelope: Envelope, _ body: Span<UInt8>, to worker: Int) -> Bool {
    guard worker < outgoing.count, let ring = outgoing[worker], ring.push(envelope, body)
    else { return false }
    isRung[worker] = true
    return true
  }

  /// Whether one that had no room has some again. If not, this worker is woken when it has.
  func hasRoomAgain(for worker: Int) -> Bool { outgoing[worker]?.hasRoomAgain() ?? true }

  /// Something was taken of what another has handed over: it is woken if it waits for that.
  func grantRoom(to worker: Int) {
    if let ring = incoming[worker], ring.grantsRoom() { bells[worker].ring() }
  }

  /// Wakes those that something was handed to.
  mutating func ringBells() {
    for worker in 0..<isRung.count where isRung[worker] {
      isRung[worker] = false
      bells[worker].ring()
    }
  }
}
