import Basics

// MARK: - What goes on between workers

extension Worker where E: ~Copyable {
  /// Goes on with the streams that waited for room in the ring to another worker.
  mutating func resume(_ scratch: inout Buffer) -> Int {
    var messages = 0
    for other in 0..<layer.neighbours.count {
      for handle in layer.resume(other) {
        // Another stream may have taken the room.
        guard layer.neighbours.hasRoomAgain(for: other) else {
          layer.holdAgain(handle, for: other)
          continue
        }
        if layer.streams.release(handle, into: &scratch, layer.poll, now: now) {
          messages &+= takeFrames(handle, scratch, isResumed: true)
        }
      }
    }
    if layer.canResume() { isBusy = true }
    return messages
  }

  /// Takes what the other workers have handed over, in their order.
  mutating func takeOver() -> Int {
    var total = 0
    for other in 0..<layer.neighbours.count {
      guard let ring = layer.neighbours.ring(from: other) else { continue }
      var left = Visit.ringRecords
      while left > 0, let envelope = ring.front() {
        note(drained: false)
        open(envelope, ring.body(of: envelope))
        ring.removeFirst(envelope)
        left &-= 1
      }
      if left == 0 { isBusy = true }
      if left < Visit.ringRecords { layer.neighbours.grantRoom(to: other) }
      total &+= Visit.ringRecords &- left
    }
    desk.counters.add(.takenOver, total)
    return total
  }

  private mutating func open(_ envelope: Envelope, _ body: Span<UInt8>) {
    switch envelope.kind {
    case .message: receive(body, envelope.flow)
    case .transmit: layer.carry(body, envelope, now: now)
    case .unsent: tell(envelope.owner, envelope.flow, .unsent)
    case .refused: tell(envelope.owner, envelope.flow, .refused)
    case .unanswered: tell(envelope.owner, envelope.flow, .unanswered)
    case .close:
      if let connection = envelope.flow.connection { layer.close(connection, now: now) }
    case .skip: break
    }
  }

  private mutating func tell(_ owner: UInt64, _ flow: Flow, _ loss: Loss) {
    if !outbox.hasRoom { settle() }
    element.failed(owner: owner, flow: flow, loss, now: now, into: &outbox)
  }
}
