import BasicContainers
import Basics

// MARK: - Waiting for another worker

extension TransportLayer {
  /// Reads no more of a stream until the ring to a worker has room again.
  mutating func hold(_ handle: Handle, _ rest: Span<UInt8>, for owner: Int) {
    streams.hold(handle, rest, poll)
    held[owner].append(handle)
  }

  /// Whether something waits for a worker that has room for it.
  mutating func canResume() -> Bool {
    for other in 0..<held.count where isAwaited(other) && neighbours.hasRoomAgain(for: other) {
      return true
    }
    return false
  }

  private mutating func isAwaited(_ other: Int) -> Bool {
    !held[other].isEmpty || !untold[other].isEmpty
  }

  /// Tells another worker what it was to be told, and hands out some of the streams that wait for
  /// it, if it has room again.
  mutating func resume(_ other: Int) -> [Handle] {
    guard isAwaited(other), neighbours.hasRoomAgain(for: other) else { return [] }
    var told = 0
    while told < untold[other].count, push(untold[other][told], Span(), to: other) { told += 1 }
    untold[other].removeSubrange(0..<told)
    let streams = Array(held[other].prefix(Visit.resumed))
    held[other].removeFirst(streams.count)
    return streams
  }

  /// Puts a stream back that found no room after all.
  mutating func holdAgain(_ handle: Handle, for owner: Int) { held[owner].append(handle) }

  /// Tells another worker something, as soon as there is room.
  private mutating func tell(_ envelope: Envelope, to other: Int) {
    guard other < untold.count else { return }
    if untold[other].isEmpty, push(envelope, Span(), to: other) { return }
    guard untold[other].count < limits.untold else { return counters.add(.ringFull) }
    untold[other].append(envelope)
  }
}

// MARK: - The way out

extension TransportLayer {
  /// Sends all that an outbox holds, which may then be cleared.
  mutating func carry(_ outbox: borrowing Outbox, now: Instant) {
    for place in 0..<outbox.transmits.count {
      let transmit = outbox.transmits[place]
      let start = Int(transmit.start)
      let bytes = outbox.bytes.span.extracting(start..<start &+ Int(transmit.count))
      if transmit.flow.transport == .udp {
        send(datagram: bytes, transmit)
      } else {
        send(message: bytes, transmit, now: now)
      }
    }
    for place in 0..<datagrams.count where !datagrams[place].isEmpty { flush(place) }
    for place in 0..<outbox.closes.count { close(outbox.closes[place], now: now) }
    streams.flush(poll, now: now)
    neighbours.ringBells()
  }

  /// A message that another worker wants on a stream of ours.
  mutating func carry(_ bytes: Span<UInt8>, _ envelope: Envelope, now: Instant) {
    streams.send(
      bytes, envelope.flow, owner: envelope.owner, origin: envelope.origin, poll, now: now)
  }

  /// Tells another worker of its failure.
  mutating func tell(_ failure: Failure) {
    let kind: Envelope.Kind =
      switch failure.loss {
      case .unsent: .unsent
      case .refused: .refused
      case .unanswered: .unanswered
      }
    tell(Envelope(kind, failure.flow, owner: failure.owner), to: Int(failure.origin))
  }

  private mutating func send(datagram bytes: Span<UInt8>, _ transmit: Transmit) {
    let listener = Int(transmit.flow.listener)
    let place = listener < places.count ? places[listener] : -1
    guard place >= 0 else { return fail(transmit) }
    datagrams[place].add(bytes, transmit)
    if datagrams[place].isFull { flush(place) }
  }

  private mutating func send(message bytes: Span<UInt8>, _ transmit: Transmit, now: Instant) {
    let flow = transmit.flow
    let own = UInt8(truncatingIfNeeded: worker)
    guard let named = flow.connection, Int(named.worker) != worker,
      Int(named.worker) < neighbours.count
    else {
      return streams.send(bytes, flow, owner: transmit.owner, origin: own, poll, now: now)
    }
    let envelope = Envelope(.transmit, flow, owner: transmit.owner, origin: own)
    guard !push(envelope, bytes, to: Int(named.worker)) else { return }
    counters.add(.ringFull)
    fail(transmit)
  }

  /// Closes a stream, here or where it is held, after what was queued on it.
  mutating func close(_ connection: Connection, now: Instant) {
    guard Int(connection.worker) != worker else {
      return streams.close(connection.handle, poll, now: now)
    }
    let nowhere = Endpoint(.unspecified, port: 0)
    let flow = Flow(.tcp, listener: 0, remote: nowhere, connection: connection)
    tell(Envelope(.close, flow), to: Int(connection.worker))
  }

  mutating func closeUnframed(_ handle: Handle, now: Instant) {
    counters.add(.unframed)
    if let flow = streams.flow(handle) { streams.closings.append(flow, .unframed) }
    streams.close(handle, poll, now: now)
  }

  private mutating func flush(_ place: Int) {
    datagrams[place].flush(counters, &streams.failures)
    datagrams[place].watch(poll, place)
  }

  private mutating func fail(_ transmit: Transmit) {
    counters.add(.failures)
    guard transmit.owner != 0 else { return }
    let own = UInt8(truncatingIfNeeded: worker)
    streams.failures.append(Failure(owner: transmit.owner, flow: transmit.flow, origin: own))
  }
}
