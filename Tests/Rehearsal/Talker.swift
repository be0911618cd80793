package import Basics

/// A station that speaks SIP as text, over datagrams and streams: what user agents and probes have
/// in common.
package class Talker: Station {
  package let name: String
  package let world: World
  package let endpoint: Endpoint
  /// What it prefers to send over.
  package let transport: Transport
  /// Whether to keep all that comes.
  package var isListening = true
  package private(set) var heard: [Heard] = []
  package private(set) var broken = 0
  private var streams: [Stream] = []
  private var incoming: [UInt32: Incoming] = [:]
  private var serial = 0

  /// A message that came, and how.
  package struct Heard {
    package var message: PlainMessage
    package var bytes: [UInt8]
    package var from: Endpoint
    package var stream: Stream?
    package var at: Instant
  }

  package init(_ name: String, in world: World, at place: String, over transport: Transport) {
    self.name = name
    self.world = world
    self.transport = transport
    endpoint = Rehearsal.endpoint(place)
    world.listen(self, on: endpoint, stream: false)
    world.listen(self, on: endpoint, stream: true)
  }

  /// A word that nobody has used before.
  package func unique(_ prefix: String) -> String {
    serial += 1
    return "\(prefix)\(serial)-\(name)"
  }

  package func forget() { heard = [] }

  /// All that came of one kind: "INVITE", or "180".
  package func all(_ kind: String) -> [Heard] {
    heard.filter { heard in
      let message = heard.message
      return message.isRequest ? message.method == kind : String(message.status) == kind
    }
  }

  package func last(_ kind: String) -> Heard? { all(kind).last }

  /// For a subclass: a message came.
  package func receive(_ heard: Heard) {}

  // MARK: Sending

  package func send(
    _ bytes: [UInt8], to remote: Endpoint, over wanted: Transport? = nil, on stream: Stream? = nil
  ) {
    guard (wanted ?? transport).isReliable else {
      return world.send(bytes, from: endpoint, to: remote)
    }
    if let stream, !stream.isOver { return stream.send(bytes, by: self) }
    let open = streams.first { !$0.isOver && $0.remote(of: self) == remote }
    let used = open ?? world.connect(self, from: endpoint.address, to: remote)
    if open == nil { enter(used) }
    used.send(bytes, by: self)
  }

  /// Sends a response back where its request came from.
  package func reply(_ bytes: [UInt8], to request: Heard) {
    if let stream = request.stream {
      send(bytes, to: request.from, over: .tcp, on: stream)
    } else {
      send(bytes, to: request.from, over: .udp)
    }
  }

  package var hasOpenStream: Bool { streams.contains { !$0.isOver } }

  /// Closes every connection.
  package func hangUpStreams() {
    for stream in streams { stream.close() }
  }

  /// No longer takes connections.
  package func stopListening() { world.leave(endpoint, stream: true) }

  /// A response with what RFC 3261 §8.2.6 wants copied.
  package func response(to request: PlainMessage, _ status: Int, tag: String? = nil) -> PlainMessage
  {
    var response = PlainMessage(startLine: "SIP/2.0 \(status) \(status < 300 ? "Fine" : "No")")
    for header in request.headers {
      switch header.name {
      case "Via", "From", "Call-ID", "CSeq": response.add(header.name, header.value)
      case "To":
        let needsTag = request.toTag == nil && tag != nil
        response.add("To", header.value + (needsTag ? ";tag=\(tag ?? "")" : ""))
      case "Record-Route" where status < 300: response.add(header.name, header.value)
      default: break
      }
    }
    return response
  }

  // MARK: Receiving

  private func enter(_ stream: Stream) {
    streams.append(stream)
    incoming[stream.number] = Incoming()
  }

  private func take(_ bytes: [UInt8], from: Endpoint, _ stream: Stream?) {
    guard let message = PlainMessage(bytes) else {
      broken += 1
      return
    }
    let heard = Heard(message: message, bytes: bytes, from: from, stream: stream, at: world.now)
    if isListening { self.heard.append(heard) }
    receive(heard)
  }

  package func datagram(_ bytes: [UInt8], from: Endpoint, to: Endpoint) {
    take(bytes, from: from, nil)
  }
  package func accepted(_ stream: Stream, on local: Endpoint) { enter(stream) }
  package func connected(_ stream: Stream) {}
  package func refused(_ stream: Stream) { closed(stream) }

  package func closed(_ stream: Stream) {
    streams.removeAll { $0 === stream }
    incoming[stream.number] = nil
  }

  package func octets(_ bytes: [UInt8], on stream: Stream) {
    incoming[stream.number]?.append(bytes)
    while let found = incoming[stream.number]?.next() {
      switch found {
      case .message(let message): take(message, from: stream.remote(of: self), stream)
      case .ping: stream.send([0x0d, 0x0a], by: self)
      case .broken, .last:
        broken += 1
        return stream.close()
      }
    }
  }
}
