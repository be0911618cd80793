import Basics
import CLinux

// MARK: - Reading

extension Streams {
  /// The flow of what comes in on a stream.
  mutating func flow(_ handle: Handle) -> Flow? {
    table.with(handle) { stream in
      var flow = stream.flow
      flow.connection = Connection(worker: worker, handle: handle)
      return flow
    }
  }

  /// The stream can be written to: a connection may have been set up, or what waits goes on.
  mutating func becameWritable(_ handle: Handle, _ poll: borrowing Poll, now: Instant) {
    let error: Int32? = table.with(handle) { stream in
      guard stream.state == .connecting else { return 0 }
      let error = linux_socket_error(stream.descriptor.number)
      if error == 0 {
        stream.state = .open
        stream.lastHeard = now
      }
      return error
    }
    guard error == 0 else { return close(handle, .refused) }
    write(handle, poll, now: now)
  }

  /// Puts what came in into `scratch`, after the beginning of a message that was there already.
  mutating func read(_ handle: Handle, into scratch: inout Buffer, now: Instant) -> Reading {
    scratch.removeAll()
    return table.with(handle) { stream in
      guard stream.state != .connecting else { return .nothing }
      stream.takeInbound(into: &scratch)
      let before = scratch.count
      do throws(Errno) {
        let count = try scratch.fill(from: stream.descriptor.number, atMost: Visit.streamOctets)
        counters.add(.octetsIn, count)
        if count == 0 { return .ended }
        if before == 0, stream.hasSpoken { stream.since = now }
        stream.lastHeard = now
        // What a stream says that we close is read, so that it sees the end, and not an abort; no
        // more.
        guard stream.state == .open else { return .nothing }
        return .octets
      } catch {
        guard error.isAgain else { return .ended }
        if before > 0 { stream.inbound.append(scratch.bytes) }
        return .nothing
      }
    } ?? .nothing
  }

  /// Notes that a whole message came in on the stream.
  /// - Returns: whether what follows it still counts: the stream may have been closed meanwhile, by
  ///   the element or because the other side does not read.
  mutating func heard(_ handle: Handle, now: Instant) -> Bool {
    counters.add(.streamMessagesIn)
    return table.with(handle) { stream in
      stream.hasSpoken = true
      stream.since = now
      return stream.state == .open
    } ?? false
  }

  /// Keeps the beginning of a message for the next time.
  /// - Returns: whether it may still become one.
  mutating func keep(_ handle: Handle, _ rest: Span<UInt8>, now: Instant) -> Bool {
    guard rest.count < limits.message else { return false }
    let isLate = table.with(handle) { stream in
      stream.inbound.append(rest)
      return !rest.isEmpty
    }
    if isLate == true { lookBy(now + limits.unfinished) }
    return true
  }

  // MARK: Held streams

  mutating func isHeld(_ handle: Handle) -> Bool {
    table.contains(handle) && table[handle].isHeld
  }

  /// Keeps what a stream has brought, and reads no more of it until `release`.
  mutating func hold(_ handle: Handle, _ rest: Span<UInt8>, _ poll: borrowing Poll) {
    counters.add(.held)
    _ = table.with(handle) { stream in
      stream.inbound.append(rest)
      stream.isHeld = true
    }
    watch(handle, poll)
  }

  /// A held stream has ended. Of that the kernel would tell without end, and what came before it
  /// is not looked at yet.
  mutating func mute(_ handle: Handle, _ poll: borrowing Poll) {
    let number = table.with(handle) { stream in
      stream.isMuted = true
      return stream.descriptor.number
    }
    if let number { poll.remove(number) }
  }

  /// Reads a stream again.
  /// - Returns: whether it is still there and open, and what it has brought before, in `scratch`.
  mutating func release(
    _ handle: Handle, into scratch: inout Buffer, _ poll: borrowing Poll, now: Instant
  ) -> Bool {
    scratch.removeAll()
    guard isHeld(handle) else { return false }
    let muted: (Int32, Readiness)?? = table.with(handle) { stream in
      stream.isHeld = false
      stream.since = now
      stream.lastHeard = now
      stream.takeInbound(into: &scratch)
      guard exchange(&stream.isMuted, with: false) else { return nil }
      stream.watched = stream.wanted
      return (stream.descriptor.number, stream.watched)
    }
    guard let muted else { return false }
    if let (number, wanted) = muted {
      guard poll.add(number, .stream(handle), wanted) else {
        close(handle, .ended)
        return false
      }
    }
    watch(handle, poll)
    lookBy(now + min(limits.unfinished, limits.idle))
    return true
  }
}
