import Basics

// MARK: - What sockets bring

extension Worker where E: ~Copyable {
  /// Serves one event.
  /// - Returns: how many messages came in by it.
  mutating func visit(
    _ event: (token: Token, readiness: Readiness), _ inbox: inout Inbox, _ scratch: inout Buffer
  ) -> Int {
    switch event.token {
    case .bell:
      desk.bell.quiet()
      return 0
    case .datagrams(let place):
      if event.readiness.contains(.write) { layer.becameWritable(place) }
      if batching.isWorthwhile { layer.startPolling(place) }
      return layer.isPolled(place) ? 0 : takeDatagrams(place, &inbox)
    case .connections(let place):
      accept(place)
      return 0
    case .stream(let handle):
      return visit(stream: handle, event.readiness, &scratch)
    }
  }

  /// Takes in the connections that wait at one listener, of peers that may have one.
  private mutating func accept(_ place: Int) {
    for _ in 0..<Visit.accepts {
      guard let new = layer.nextConnection(place, now: now) else { return }
      if element.admits(new.flow) {
        layer.streams.accept(new, layer.poll, now: now)
      } else {
        desk.counters.add(.strangeConnections)
        new.refuse()
      }
    }
  }

  /// Looks at the sockets that are not watched while there is load.
  mutating func takePolled(_ inbox: inout Inbox) -> Int {
    guard layer.polled > 0 else { return 0 }
    var total = 0
    for place in 0..<layer.datagramSockets where layer.isPolled(place) {
      let count = takeDatagrams(place, &inbox)
      layer.looked(place, found: count)
      total &+= count
    }
    return total
  }

  mutating func endPolling() {
    guard layer.polled > 0 else { return }
    for place in 0..<layer.datagramSockets { layer.endPolling(place) }
  }

  private mutating func takeDatagrams(_ place: Int, _ inbox: inout Inbox) -> Int {
    let listener = layer.listener(place)
    let isStrict = layer.checksReversePath
    var total = 0
    for _ in 0..<Visit.datagramCalls {
      let count = layer.receive(place, into: &inbox)
      total &+= count
      for datagram in 0..<count {
        let bytes = inbox.datagram(datagram)
        guard let source = inbox.source(datagram), !bytes.isEmpty else {
          desk.counters.add(.unusable)
          continue
        }
        let flow = Flow(.udp, listener: listener, remote: source)
        // Before it is counted for anybody: a forged source spends nothing of its victim's.
        if isStrict, element.knows(flow),
          !layer.leadsBack(datagram, of: inbox, to: source, now: now)
        {
          desk.counters.add(.wrongWay)
          continue
        }
        guard element.welcomes(flow, now: now) else {
          desk.counters.add(.unwelcome)
          continue
        }
        if case .noRoom = take(bytes, flow) { desk.counters.add(.ringFull) }
      }
      settle()
      if count < Visit.datagrams { return total }
    }
    isBusy = true
    return total
  }

  private enum Taking {
    case taken
    /// The ring to the worker that owns it is full.
    case noRoom(owner: Int)
  }

  /// A whole message: for the element here, or for that of another worker.
  private mutating func take(_ bytes: Span<UInt8>, _ flow: Flow) -> Taking {
    if layer.neighbours.count > 1 {
      let owner = element.owner(of: bytes)
      if owner != layer.worker, owner >= 0, owner < layer.neighbours.count {
        return layer.handOver(bytes, flow, to: owner) ? .taken : .noRoom(owner: owner)
      }
    }
    receive(bytes, flow)
    return .taken
  }

  mutating func receive(_ bytes: Span<UInt8>, _ flow: Flow) {
    if !outbox.hasRoom { settle() }
    element.receive(bytes, from: flow, now: now, into: &outbox)
  }

  private mutating func visit(
    stream handle: Handle, _ readiness: Readiness, _ scratch: inout Buffer
  ) -> Int {
    if layer.streams.isHeld(handle) {
      if !readiness.isDisjoint(with: .trouble) {
        layer.streams.mute(handle, layer.poll)
      } else if readiness.contains(.write) {
        layer.becameWritable(stream: handle, now: now)
      }
      return 0
    }
    if !readiness.isDisjoint(with: [.write, .trouble]) {
      layer.becameWritable(stream: handle, now: now)
    }
    guard !readiness.isDisjoint(with: [.read, .trouble]) else { return 0 }
    switch layer.streams.read(handle, into: &scratch, now: now) {
    case .nothing: return 0
    case .ended:
      layer.streams.close(handle, .ended)
      return 0
    case .octets:
      return takeFrames(handle, scratch)
    }
  }

  /// Cuts what a stream has brought into messages, and keeps the rest.
  /// - Parameter isResumed: whether its first message has waited for room, and was counted before.
  mutating func takeFrames(
    _ handle: Handle, _ scratch: borrowing Buffer, isResumed: Bool = false
  ) -> Int {
    var isCounted = isResumed
    guard let flow = layer.streams.flow(handle) else { return 0 }
    let bytes = scratch.bytes
    let longest = layer.streams.limits.message
    var used = 0
    var messages = 0
    while used < bytes.count {
      let rest = bytes.extracting(used..<bytes.count)
      switch element.frame(rest) {
      case .needMore:
        if !layer.streams.keep(handle, rest, now: now) {
          settle()
          layer.closeUnframed(handle, now: now)
        }
        return messages
      case .message(let count) where count > 0 && count <= min(rest.count, longest):
        if !isCounted, !element.welcomes(flow, now: now) {
          desk.counters.add(.unwelcome)
        } else if case .noRoom(let owner) = take(rest.extracting(0..<count), flow) {
          layer.hold(handle, rest, for: owner)
          return messages
        }
        isCounted = false
        used &+= count
        messages &+= 1
        // What the message has caused may be the stream's end.
        if !outbox.hasRoom { settle() }
        guard layer.streams.heard(handle, now: now) else { return messages }
      case .keepAlive(let count, let pong) where count > 0 && count <= rest.count:
        if pong, !layer.streams.pong(handle, now: now) { return messages }
        used &+= count
      case .last(let count) where count > 0 && count <= rest.count:
        // Whoever owns it: the answer has to be written before the end of the stream.
        if element.welcomes(flow, now: now) { receive(rest.extracting(0..<count), flow) }
        messages &+= 1
        settle()
        layer.closeUnframed(handle, now: now)
        return messages
      default:
        // What the messages before it have caused is still sent.
        settle()
        layer.closeUnframed(handle, now: now)
        return messages
      }
    }
    return messages
  }
}
