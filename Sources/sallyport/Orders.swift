import Foundation
import Platform
import Synchronization

/// What the owner asks of the process through its control socket.
enum Order: String, CaseIterable, Sendable {
  case reload, status, dump, drain

  /// What came of it.
  struct Answer: Sendable {
    /// Whether it was done.
    let isDone: Bool
    /// For the one who asked: lines.
    let text: String

    /// As it goes over the socket: one line that says how it went, and the text.
    var bytes: [UInt8] { Array("\(isDone ? Self.done : Self.refused)\n\(text)".utf8) }

    private static let done = "ok"
    private static let refused = "refused"

    init(isDone: Bool, _ text: String) {
      self.isDone = isDone
      self.text = text
    }

    /// As it came over the socket; `nil` for what is no whole answer.
    init?(_ bytes: [UInt8]) {
      let parts = bytes.split(separator: 0x0a, maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { return nil }
      let word = String(decoding: parts[0], as: UTF8.self)
      guard word == Self.done || word == Self.refused else { return nil }
      isDone = word == Self.done
      text = String(decoding: parts[1], as: UTF8.self)
    }
  }
}

/// Orders on their way from the threads of the control socket to the main thread, and the answers
/// back.
final class Orders: Sendable {
  /// One that somebody waits for.
  final class Pending: Sendable {
    let order: Order
    /// Whether the answer is to be JSON.
    let isForPrograms: Bool
    private let answered = DispatchSemaphore(value: 0)
    private let answer = Mutex<[UInt8]>([])

    fileprivate init(_ order: Order, isForPrograms: Bool) {
      self.order = order
      self.isForPrograms = isForPrograms
    }

    /// Says what came of it. Until then whoever asked waits.
    func finish(_ answer: Order.Answer) {
      self.answer.withLock { $0 = answer.bytes }
      answered.signal()
    }

    fileprivate func wait() -> [UInt8] {
      answered.wait()
      return answer.withLock { $0 }
    }
  }

  private let waiting = Mutex<[Pending]>([])
  private let bell: Bell

  /// - Parameter bell: wakes the main thread.
  init(_ bell: Bell) { self.bell = bell }

  /// Takes a request to the main thread, and waits for what came of it.
  /// - Parameter request: a word of `Order`; after `status`, perhaps `json`.
  func ask(_ request: String) -> [UInt8] {
    let words = request.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    let isForPrograms = words.count == 2 && words[1] == "json" && words[0] == "status"
    guard words.count == 1 || isForPrograms, let order = Order(rawValue: words[0]) else {
      let all = Order.allCases.map(\.rawValue).joined(separator: ", ")
      return Order.Answer(isDone: false, "there is no such request; there are \(all)\n").bytes
    }
    let pending = Pending(order, isForPrograms: isForPrograms)
    waiting.withLock { $0.append(pending) }
    bell.ring()
    return pending.wait()
  }

  /// The next one, for the main thread.
  func next() -> Pending? {
    waiting.withLock { $0.isEmpty ? nil : $0.removeFirst() }
  }
}
