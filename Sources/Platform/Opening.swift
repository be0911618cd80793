import BasicContainers
import Basics

/// The sockets of all listeners, one for each worker, before any of them is served.
struct Opening: ~Copyable {
  private(set) var listeners: [Listener] = []
  /// By listener and worker; -1 once it was taken.
  private var sockets: [[Int32]] = []

  init(_ wanted: [Listener], _ settings: Settings) throws(Refusal) {
    for listener in wanted { try open(listener, settings) }
  }

  deinit {
    for number in sockets.joined() where number >= 0 { _ = Descriptor(number) }
  }

  private mutating func open(_ wanted: Listener, _ settings: Settings) throws(Refusal) {
    var listener = wanted
    if listener.local.port != 0 { try Socket.probe(listener) }
    listeners.append(listener)
    sockets.append([])
    for _ in 0..<settings.workers {
      let socket = try Socket.open(listener, tellsArrival: settings.checksReversePath)
      // The kernel chose a port for the first; the others share it.
      if listener.local.port == 0, let local = Socket.local(socket) { listener.local = local }
      sockets[sockets.count - 1].append(socket.takeNumber())
    }
    listeners[listeners.count - 1] = listener
  }

  /// The transport layers of all workers, each with its sockets.
  mutating func layers(
    _ settings: Settings, _ desks: [(bell: Doorbell, counters: Counters)]
  ) throws(Refusal) -> UniqueArray<TransportLayer> {
    let census = Census(settings.limits)
    let rings = Self.rings(desks.count, settings.limits)
    var layers = UniqueArray<TransportLayer>()
    for worker in 0..<desks.count {
      let neighbours = Neighbours(of: worker, rings: rings, bells: desks.map(\.bell))
      var layer = try layer(worker, settings.limits, census, desks[worker], neighbours)
      if settings.checksReversePath { try layer.checkReversePath() }
      layers.append(layer)
    }
    return layers
  }

  private mutating func layer(
    _ worker: Int, _ limits: Limits, _ census: Census, _ desk: (bell: Doorbell, counters: Counters),
    _ neighbours: consuming Neighbours
  ) throws(Refusal) -> TransportLayer {
    do throws(Errno) {
      let poll = try Poll()
      guard poll.add(desk.bell.number, .bell, .read) else { throw Errno.last }
      var layer = TransportLayer(
        worker: worker, listeners: listeners, limits, census, desk.counters, neighbours, poll)
      for place in 0..<listeners.count {
        let socket = Descriptor(exchange(&sockets[place][worker], with: -1))
        try layer.add(socket, listeners[place].transport, listener: place)
      }
      return layer
    } catch {
      throw Refusal.system(code: error.code)
    }
  }

  /// A ring from each worker to each other one.
  private static func rings(_ count: Int, _ limits: Limits) -> [[Ring?]] {
    (0..<count).map { from in
      (0..<count).map { to in
        // In half of it the longest message finds room, wherever the ring's end is.
        from == to ? nil : Ring(capacity: max(limits.ring, 8 * limits.message))
      }
    }
  }
}
