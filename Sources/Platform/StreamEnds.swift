import BasicContainers
import Basics
import CLinux

// MARK: - How streams end

extension Streams {
  /// The clock looks after streams no more often than this.
  private static var patience: Interval { .milliseconds(50) }

  /// Closes a stream when all that was queued is written. Nothing that it says counts any more, so
  /// those who await an answer are told at once.
  mutating func close(_ handle: Handle, _ poll: borrowing Poll, now: Instant) {
    let isOver = table.with(handle) { stream in
      guard stream.state == .open else { return false }
      stream.state = .finishing
      // It is read again, so that it sees the end, and what it brings is thrown away.
      stream.isHeld = false
      stream.inbound.removeAll()
      return true
    }
    if isOver == true { tellSent(handle) }
    write(handle, poll, now: now)
    if table.with(handle, { $0.state == .connecting }) == true { close(handle, .unwanted) }
  }

  /// A stream that is to be closed and has written all tells the other side, and waits for its end.
  mutating func finish(_ handle: Handle, now: Instant) {
    let isFinished = table.with(handle) { stream in
      guard stream.state == .finishing, stream.outbound.isEmpty else { return false }
      _ = shutdown(stream.descriptor.number, Int32(SHUT_WR))
      stream.state = .lingering
      stream.since = now
      return true
    }
    if isFinished == true { lookBy(now + limits.lingering) }
  }

  /// Closes a stream now. The owners of what was not written are told, and those who await an
  /// answer.
  mutating func close(_ handle: Handle, _ cause: Cause) {
    guard var stream = table.remove(handle) else { return }
    if let count = cause.count { counters.add(count) }
    if case .cause(let closing) = cause { closings.append(stream.flow, closing) }
    counters.add(.closed)
    counters.add(.open, -1)
    census.leave(stream.isAccepted ? stream.flow.remote.address : nil)
    if !stream.isAccepted, routes.find(route(stream.flow)) == handle {
      routes.remove(route(stream.flow))
    }
    tell(stream.takeSent(), stream.flow)
    let loss: Loss = cause == .refused ? .refused : .unsent
    let waiting = stream.takeWaiting()
    for place in 0..<waiting.count {
      let one = waiting[place]
      fail(Failure(owner: one.owner, flow: one.flow, origin: one.origin, loss: loss))
    }
  }

  private mutating func tellSent(_ handle: Handle) {
    guard table.contains(handle) else { return }
    let flow = table[handle].flow
    tell(table[handle].takeSent(), flow)
  }

  private mutating func tell(_ sent: consuming UniqueArray<Stream.Sent>, _ flow: Flow) {
    for place in 0..<sent.count {
      let one = sent[place]
      failures.append(
        Failure(owner: one.owner, flow: flow, origin: one.origin, loss: .unanswered))
    }
  }

  mutating func fail(_ failure: Failure) {
    counters.add(.failures)
    if failure.owner != 0 { failures.append(failure) }
  }

  mutating func lookBy(_ instant: Instant) { nextLook = min(nextLook, instant) }

  /// Closes the streams that have used up their time.
  mutating func expire(now: Instant) {
    guard nextLook <= now else { return }
    nextLook = .distantFuture
    for handle in table.handles() {
      let deadline = table.with(handle) { $0.deadline(limits) } ?? .distantFuture
      if deadline <= now {
        close(handle, cause(handle))
      } else {
        lookBy(max(deadline, now + Self.patience))
      }
    }
  }

  private mutating func cause(_ handle: Handle) -> Cause {
    table.with(handle) { stream in
      switch stream.state {
      case .connecting: .refused
      case .lingering: .ended
      case .finishing: .cause(.unread)
      case .open where !stream.outbound.isEmpty: .cause(.unread)
      case .open: .cause(stream.isUnfinished ? .unfinished : .idle)
      }
    } ?? .ended
  }
}
