import BasicContainers
import Basics

/// What a worker shares with the threads that speak to it.
final class Desk<Letter: Sendable>: Sendable {
  let mailbox = Mailbox<Letter>()
  let bell: Doorbell
  let counters = Counters()

  init() throws(Errno) { bell = try Doorbell() }
}

/// One thread, one epoll loop, one element.
///
/// A turn of the loop: wait for events, and under load a little longer for more of them; take what
/// is there, a bounded piece of each source; let the timers run; and send. After every input the
/// outbox is drained before it could overflow, and at the end of the turn it is empty.
struct Worker<E: Element & ~Copyable>: ~Copyable {
  var element: E
  var outbox = Outbox()
  var layer: TransportLayer
  let desk: Desk<E.Letter>
  private let ending: Ending
  var batching: Batching
  var now: Instant
  /// Something was left for the next turn, which is not to wait then.
  var isBusy = false
  /// How many failures may still be told in this turn.
  private var untold = Visit.failures
  private var isDrained = false
  /// Whether it would be drained but for what is on its way, to the kernel or to another worker.
  private var isLingering = false
  /// Whether it knows that the end has begun.
  private var isEnding = false

  init(
    _ element: consuming E, _ layer: consuming TransportLayer, _ desk: Desk<E.Letter>,
    _ ending: Ending, batching: Interval
  ) {
    self.element = element
    self.layer = layer
    self.desk = desk
    self.ending = ending
    now = Clock.now()
    self.batching = Batching(longest: batching, now: now)
  }

  /// Serves until it is told to end.
  mutating func run() {
    var inbox = Inbox(tellsArrival: layer.checksReversePath)
    var scratch = Buffer(capacity: 2 * Visit.streamOctets)
    while !isOver() {
      let events = sleep()
      now = Clock.now()
      isBusy = false
      untold = Visit.failures
      var drained = 0
      for place in 0..<events {
        drained &+= visit(layer.poll.event(place), &inbox, &scratch)
      }
      drained &+= takePolled(&inbox)
      drained &+= takeOver()
      drained &+= resume(&scratch)
      takeLetters()
      expire()
      settle()
      desk.counters.add(.turns)
      nap(after: drained)
    }
  }

  /// Waits for events, and for no longer than until the next deadline.
  private mutating func sleep() -> Int {
    desk.bell.lieDown()
    let hasWork =
      isBusy || layer.polled > 0 || !desk.mailbox.isEmpty || !layer.neighbours.isEmpty
      || layer.canResume() || hasToEnd
    let deadline = min(layer.nextDeadline, element.nextDeadline() ?? .distantFuture)
    var end = min(deadline, ending.deadline)
    // Nobody says when another worker has taken what it was given.
    if isLingering { end = min(end, now + Visit.glance) }
    let events: Int
    if hasWork || end <= now {
      events = layer.poll.wait(Interval(nanoseconds: 0))
    } else {
      events = layer.poll.wait(end == .distantFuture ? nil : end - Clock.now())
    }
    desk.bell.getUp()
    return events
  }

  /// Under load, waits a little so that the next turn takes more at once. What came while this turn
  /// worked counts: a worker that is busy for longer than the wait does not wait at all, or it
  /// would fall behind with time to spare.
  private mutating func nap(after drained: Int) {
    let wait = batching.wait(after: drained, now: now)
    guard wait.nanoseconds > 0 else { return endPolling() }
    guard !isBusy else { return }
    let rest = wait.nanoseconds - (Clock.now() - now).nanoseconds
    guard rest >= Batching.shortest else { return }
    desk.counters.add(.naps)
    Clock.sleep(Interval(nanoseconds: rest))
  }

  /// Whether the end has begun, or is there, since `isOver` looked: who rang then found nobody
  /// asleep.
  private var hasToEnd: Bool {
    ending.isComplete || (!isEnding && ending.deadline != .distantFuture)
  }

  private mutating func isOver() -> Bool {
    guard ending.deadline != .distantFuture else { return false }
    isEnding = true
    guard now < ending.deadline else { return true }
    let isDone = element.isDrained()
    let isQuiet = isDone && layer.isQuiet()
    isLingering = isDone && !isQuiet
    note(drained: isQuiet)
    return ending.isComplete
  }

  mutating func note(drained: Bool) {
    guard drained != isDrained else { return }
    isDrained = drained
    ending.count(drained)
  }
}

// MARK: - Letters, time, and what goes out

extension Worker where E: ~Copyable {
  private mutating func takeLetters() {
    guard !desk.mailbox.isEmpty else { return }
    for letter in desk.mailbox.takeAll() {
      if !outbox.hasRoom { settle() }
      element.take(letter, now: now, into: &outbox)
    }
  }

  private mutating func expire() {
    layer.expire(now: now)
    for _ in 0..<Visit.rounds {
      guard let deadline = element.nextDeadline(), deadline <= now else { return }
      if !outbox.hasRoom { settle() }
      element.expire(now: now, into: &outbox)
    }
    isBusy = true
  }

  /// Sends what is in the outbox, and tells of what could not be sent, as much as a turn may. What
  /// that causes is sent too: the outbox is empty afterwards, whatever happens.
  mutating func settle() {
    drain()
    if tellFailures() { drain() }
    if !layer.streams.failures.isEmpty { isBusy = true }
    while let one = layer.streams.closings.popLast() { element.closed(one.flow, one.closing) }
  }

  private mutating func drain() {
    layer.carry(outbox, now: now)
    outbox.clear()
    if layer.streams.isCrowded { layer.streams.sift(by: &element, now: now) }
  }

  /// - Returns: whether there was anything to tell.
  private mutating func tellFailures() -> Bool {
    let before = untold
    while untold > 0, outbox.hasRoom, let failure = layer.streams.failures.popFirst() {
      untold &-= 1
      if Int(failure.origin) == layer.worker {
        element.failed(
          owner: failure.owner, flow: failure.flow, failure.loss, now: now, into: &outbox)
      } else {
        layer.tell(failure)
      }
    }
    return untold < before
  }
}
