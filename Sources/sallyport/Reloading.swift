import Basics
import Platform

/// A reload that goes on while the main thread hears signals and orders, and those who wait for it.
/// Only the main thread has it.
struct Reloading {
  enum Stage {
    case none
    /// A thread loads the next version and builds it.
    case loading(Aside<Result<Succession.Next, Succession.Refusal>>)
    /// It is in force. Each worker takes it up between two messages, for which it has until then.
    case adopting(until: Instant)
    /// The element drains. A thread may still load what nobody wants any more.
    case abandoned
  }

  /// Orders for one more reload that may wait while one goes on: the control socket has few places,
  /// and one is to be left for who asks how things stand.
  static let mostWaiting = 2
  static let refusal = "a reload goes on, and \(mostWaiting) more wait for it\n"

  var stage = Stage.none
  /// Who gave the order for the one that goes on, and is answered at its end.
  var askers: [Orders.Pending] = []
  /// Whether one was asked for since it began, for which the file is to be read once more.
  var isAskedAgain = false
  /// Who gave the order for that.
  var waiting: [Orders.Pending] = []

  var goesOn: Bool {
    switch stage {
    case .loading, .adopting: true
    case .none, .abandoned: false
    }
  }

  /// Whether a thread may still be at work for nothing.
  var isAbandoned: Bool {
    if case .abandoned = stage { true } else { false }
  }

  /// How long the main thread may sleep; `nil` for as long as nobody wakes it.
  var glance: Interval? {
    if case .adopting = stage { .milliseconds(1) } else { nil }
  }

  /// Nothing comes of it.
  /// - Returns: who waits for it, or for the next one, and is to be answered now.
  mutating func abandon() -> [Orders.Pending] {
    defer {
      self = Reloading()
      stage = .abandoned
    }
    return askers + waiting
  }
}
