import Basics
import Foundation
import FlyingFox
import FlyingSocks
import Platform
import Policy
import Synchronization

/// The admin listener: metrics and health over HTTP, on an address of this machine alone. It runs
/// on threads of the library's, and no worker ever waits for it.
final class Admin: Sendable {
  /// Seconds that it may take to open.
  private static let patience = 5.0
  /// How long it rests when its server has ended, for want of descriptors mostly.
  private static let rest = Duration.seconds(1)

  /// Who is there.
  let doorkeeper: Doorkeeper
  private let serving = Mutex<Task<Void, Never>?>(nil)

  /// Opens it, and serves until `close`.
  /// - Throws: what keeps the port from being opened.
  init(
    _ local: Endpoint, _ scrape: Scrape, _ board: Board, limits: Doorkeeper.Limits = .init()
  ) throws(Refusal) {
    let listener = Platform.Listener(.tcp, local)
    try listener.probe()
    let doorkeeper = Doorkeeper(limits)
    self.doorkeeper = doorkeeper
    let pages = AdminPages(scrape, board)
    let opening = Opening()
    let task = Task {
      while !Task.isCancelled {
        do {
          try await Self.serve(local, pages, doorkeeper, opening)
        } catch {
          // It is opened again, unless it was closed.
        }
        try? await Task.sleep(for: Self.rest)
      }
    }
    serving.withLock { $0 = task }
    guard opening.wait(seconds: Self.patience) else {
      task.cancel()
      throw .addressInUse(listener)
    }
  }

  /// Closes it, and every connection.
  func close() { serving.withLock { $0?.cancel() } }

  private static func serve(
    _ local: Endpoint, _ pages: AdminPages, _ doorkeeper: Doorkeeper, _ opening: Opening
  ) async throws {
    let server = try server(local, pages, doorkeeper)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      group.addTask {
        try await server.waitUntilListening(timeout: patience)
        opening.done()
      }
      // The server ends with an error, or goes on.
      while try await group.next() != nil {}
    }
  }

  private static func server(
    _ local: Endpoint, _ pages: AdminPages, _ doorkeeper: Doorkeeper
  ) throws -> HTTPServer {
    func server(at address: some SocketAddress) -> HTTPServer {
      HTTPServer(address: address, timeout: patience, logger: doorkeeper, handler: pages)
    }
    guard local.address.isIPv4 else {
      return server(at: try .inet6(ip6: "::1", port: local.port))
    }
    let octets = (12..<16).map { "\(local.address.octet($0))" }.joined(separator: ".")
    return server(at: try .inet(ip4: octets, port: local.port))
  }

  /// Says once that it is open.
  private final class Opening: Sendable {
    private let opened = DispatchSemaphore(value: 0)

    func done() { opened.signal() }

    func wait(seconds: Double) -> Bool { opened.wait(timeout: .now() + seconds) == .success }
  }
}
