package import Basics
import BasicContainers
import CLinux
import Synchronization

/// How the workers run.
package struct Settings: Hashable, Sendable {
  /// How many threads serve, from 1 to 64.
  package var workers = 1
  /// The longest time for which a worker under load waits for more before it looks; 0 for never.
  package var batching = Interval.milliseconds(1)
  /// Whether each worker stays on one core.
  package var isPinned = false
  /// Whether a datagram is let fall that came in by another interface than leads back to its
  /// source (RFC 3704 §2.2).
  package var checksReversePath = false
  /// What sockets and streams may hold.
  package var limits = Limits()

  package init() {}
}

/// The threads that serve, each with its own element, and the ways to reach them.
package final class Workers<E: Element & ~Copyable>: Sendable {
  /// Where they listen, with the ports that the kernel chose.
  package let listeners: [Listener]
  private let desks: [Desk<E.Letter>]
  private let ending: Ending
  private let threads = Mutex<[pthread_t]>([])

  /// Opens all listeners and starts the threads.
  /// - Parameters:
  ///   - listeners: at most 256; the place in the list is `Flow.listener`.
  ///   - make: makes the element of a worker, on its own thread, from the worker's number and the
  ///     listeners as they were opened.
  /// - Throws: the first listener that could not be opened; nothing is open then.
  package init(
    _ listeners: [Listener], _ settings: Settings,
    make: @escaping @Sendable (Int, [Listener]) -> E
  ) throws(Refusal) {
    precondition((1...64).contains(settings.workers) && listeners.count <= 256)
    linux_ignore_pipe()
    // Debian's soft limit of 1024 would be reached long before our own limits. Where the hard one
    // is lower than these, they follow: without descriptors there would be no reserve.
    var settings = settings
    settings.limits.fit(
      descriptors: Int(linux_raise_descriptors()),
      used: settings.workers * (listeners.count + 2))
    do throws(Errno) {
      desks = try Self.makeDesks(settings.workers)
    } catch {
      throw Refusal.system(code: error.code)
    }
    ending = Ending(desks.map(\.bell))
    var opening = try Opening(listeners, settings)
    self.listeners = opening.listeners
    var layers = try opening.layers(settings, desks.map { ($0.bell, $0.counters) })
    for worker in 0..<settings.workers {
      let layer = layers.remove(at: 0)
      let launch = Launch(layer, desks[worker], ending, settings, self.listeners, make)
      let thread = Thread.start("worker \(worker)", core: settings.isPinned ? worker : nil) {
        launch.run()
      }
      guard let thread else {
        // Those that run already end again.
        ending.begin(by: Clock.now())
        throw Refusal.system(code: EAGAIN)
      }
      threads.withLock { $0.append(thread) }
    }
  }

  /// How many there are, from start to end.
  package var count: Int { desks.count }

  /// - Parameter worker: below `count`.
  /// - Returns: its counts, which it goes on writing.
  package func counters(of worker: Int) -> Counters { desks[worker].counters }

  /// Leaves a letter for one worker's element; from any thread.
  package func post(_ letter: E.Letter, to worker: Int) {
    desks[worker].mailbox.post(letter)
    desks[worker].bell.ring()
  }

  /// Begins the end: each element gets its letter, and when all are drained, or when the time is
  /// over, the threads end. A second call can only bring the end nearer.
  package func drain(within limit: Interval, _ letter: (Int) -> E.Letter) {
    for worker in 0..<desks.count { desks[worker].mailbox.post(letter(worker)) }
    ending.begin(by: Clock.now() + limit)
  }

  /// Whether all have ended, after `drain`.
  package var haveEnded: Bool { ending.isOver }

  /// Waits until all threads have ended.
  package func join() {
    let all = threads.withLock { threads in
      let all = threads
      threads = []
      return all
    }
    for thread in all { pthread_join(thread, nil) }
  }

  /// The processor time, user and kernel, that a worker has used; 0 when it has ended.
  package func processorTime(of worker: Int) -> Interval {
    threads.withLock { threads in
      let time = worker < threads.count ? linux_thread_time(threads[worker]) : 0
      return Interval(nanoseconds: time)
    }
  }

  private static func makeDesks(_ count: Int) throws(Errno) -> [Desk<E.Letter>] {
    var desks: [Desk<E.Letter>] = []
    for _ in 0..<count { desks.append(try Desk()) }
    return desks
  }
}

/// What a thread takes with it when it begins.
private final class Launch<E: Element & ~Copyable>: @unchecked Sendable {
  // Why it may be shared: the layer is put in before the thread starts and taken out by it alone.
  private var layer: TransportLayer?
  private let desk: Desk<E.Letter>
  private let ending: Ending
  private let settings: Settings
  private let listeners: [Listener]
  private var make: (@Sendable (Int, [Listener]) -> E)?

  init(
    _ layer: consuming TransportLayer, _ desk: Desk<E.Letter>, _ ending: Ending,
    _ settings: Settings, _ listeners: [Listener],
    _ make: @escaping @Sendable (Int, [Listener]) -> E
  ) {
    self.layer = .some(layer)
    self.desk = desk
    self.ending = ending
    self.settings = settings
    self.listeners = listeners
    self.make = make
  }

  func run() {
    guard let layer = layer.take(), let element = makeElement(layer.worker) else { return }
    var worker = Worker(element, layer, desk, ending, batching: settings.batching)
    worker.run()
    ending.leave()
  }

  /// What it is made from goes once it is made: it may be large, and the element lasts.
  private func makeElement(_ worker: Int) -> E? {
    guard let make = make.take() else { return nil }
    return make(worker, listeners)
  }
}
