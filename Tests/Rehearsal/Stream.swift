package import Basics
import SIP

/// A connection: two ordered pipes of octets. What one side writes comes out at the other in pieces
/// of any size.
package final class Stream {
  package let number: UInt32
  package let client: Endpoint
  package let server: Endpoint
  package private(set) var isOpen = false
  package private(set) var isOver = false
  private unowned let world: World
  private let clientStation: any Station
  private var serverStation: (any Station)?
  /// When the last piece arrives at the server and at the client: nothing overtakes.
  private var arrival = (atServer: Instant(nanoseconds: 0), atClient: Instant(nanoseconds: 0))
  /// What the client wrote before the connection stood.
  private var waiting: [[UInt8]] = []

  init(
    _ number: UInt32, _ world: World, client: any Station, from: Endpoint, to: Endpoint
  ) {
    self.number = number
    self.world = world
    self.clientStation = client
    self.client = from
    self.server = to
  }

  /// The other side, as the station sees it.
  package func remote(of station: any Station) -> Endpoint {
    station === clientStation ? server : client
  }

  package func local(of station: any Station) -> Endpoint {
    station === clientStation ? client : server
  }

  func open(_ station: any Station) {
    guard !isOver else { return }
    isOpen = true
    serverStation = station
    station.accepted(self, on: server)
    clientStation.connected(self)
    for bytes in waiting { send(bytes, by: clientStation) }
    waiting = []
  }

  func refuse() {
    guard !isOver else { return }
    isOver = true
    clientStation.refused(self)
  }

  package func send(_ bytes: [UInt8], by station: any Station) {
    guard !isOver else { return }
    guard isOpen else { return waiting.append(bytes) }
    let isToServer = station === clientStation
    world.note(bytes, local(of: station), remote(of: station), "tcp")
    var start = 0
    while start < bytes.count {
      let rest = bytes.count - start
      let isWhole = world.chance.happens(perMille: 700)
      let length = isWhole ? rest : min(rest, world.chance.below(rest) + 1)
      carry(Array(bytes[start..<start + length]), toServer: isToServer)
      start += length
    }
  }

  private func carry(_ piece: [UInt8], toServer: Bool) {
    let link =
      toServer
      ? world.link(client.address, server.address)
      : world.link(server.address, client.address)
    guard !link.isCut else { return }
    let wanted = world.now + world.delay(link)
    let when = max(wanted, toServer ? arrival.atServer : arrival.atClient)
    if toServer { arrival.atServer = when } else { arrival.atClient = when }
    world.schedule(at: when) { [self] in
      guard !isOver, let serverStation else { return }
      (toServer ? serverStation : clientStation).octets(piece, on: self)
    }
  }

  /// Ends it when what was sent before has come out.
  package func finish() {
    world.schedule(at: max(arrival.atServer, arrival.atClient)) { [self] in close() }
  }

  /// Ends it at once, for both sides: what was on its way is lost.
  package func close() {
    guard !isOver else { return }
    isOver = true
    let wasOpen = isOpen
    world.schedule(after: .milliseconds(1)) { [self] in
      if wasOpen { serverStation?.closed(self) }
      clientStation.closed(self)
    }
  }
}

/// What came in on a stream and is not a whole message yet.
package struct Incoming {
  private var buffer: [UInt8] = []

  package init() {}

  package enum Found {
    case message([UInt8])
    case ping
    /// A message after which the stream is to be closed.
    case last([UInt8])
    case broken
  }

  package mutating func append(_ bytes: [UInt8]) { buffer += bytes }

  /// The next whole message, by the framing that the program itself uses.
  package mutating func next() -> Found? {
    while true {
      switch Framing.measure(buffer.span) {
      case .needMore:
        return nil
      case .message(let count):
        let message = Array(buffer[..<count])
        buffer.removeFirst(count)
        return .message(message)
      case .keepAlive(let count, let isPing):
        buffer.removeFirst(count)
        if isPing { return .ping }
      case .last(let count, _):
        return .last(Array(buffer[..<count]))
      case .broken:
        return .broken
      }
    }
  }
}
