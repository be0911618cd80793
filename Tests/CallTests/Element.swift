import Foundation
import Testing

/// The program, running: the release binary, or the one that `SALLYPORT_BINARY` names.
struct Element {
  let port: Int
  let child: Child

  /// Starts it and waits until it listens.
  init(_ policy: PolicyText, in folder: URL, errors: FileHandle? = nil) async throws {
    try await self.init(Self.start(policy, in: folder, errors: errors), at: policy.port)
  }

  /// Waits until a program that was started listens.
  init(_ child: Child, at port: Int) async throws {
    self.port = port
    self.child = child
    let isUp = try await eventually(within: .seconds(20)) {
      guard child.isRunning else { throw Failure("the element ended at once: \(child.said)") }
      return try Ports.isTaken(port, .udp) && Ports.isTaken(port, .tcp)
    }
    guard isUp else { throw Failure("the element does not listen at \(port): \(child.said)") }
  }

  static func start(
    _ policy: PolicyText, in folder: URL, name: String = "element", errors: FileHandle? = nil
  ) throws -> Child {
    let file = folder.appending(path: "\(name).yaml")
    try policy.yaml.write(to: file, atomically: true, encoding: .utf8)
    return try start(file, in: folder, name: name, errors: errors)
  }

  static func start(
    _ policy: URL, in folder: URL, name: String = "element", errors: FileHandle? = nil
  ) throws -> Child {
    guard FileManager.default.isExecutableFile(atPath: binary.path) else {
      throw Failure("there is no \(binary.path): `make build` makes it, and `make test` does first")
    }
    return try Child(
      name, "/bin/bash", ["-c", guarded, name, binary.path, "run", policy.path], in: folder,
      errors: errors)
  }

  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  static let binary =
    ProcessInfo.processInfo.environment["SALLYPORT_BINARY"].map { URL(filePath: $0) }
    ?? root.appending(path: ".build/release/sallyport")

  /// Becomes the program, and leaves a guard behind that ends it should the tests crash. The guard
  /// closes what it inherits: Foundation takes a process as running while anybody holds that.
  private static let guarded = """
    tests=$PPID element=$$
    {
      for file in /proc/self/fd/*; do
        number=${file##*/}
        [ "$number" -le 2 ] || exec {number}>&-
      done
      while kill -0 $element; do
        kill -0 $tests || kill -9 $element
        sleep 1
      done
    } </dev/null >/dev/null 2>&1 &
    exec "$@"
    """

  /// Asks for a dump of its tables until all of them are empty.
  func expectEmptyTables(within limit: Duration = .seconds(45)) async throws {
    let end = ContinuousClock.now + limit
    var tables: [Substring: Int] = [:]
    repeat {
      tables = try await dump()
      if tables.values.allSatisfy({ $0 == 0 }) { return }
      try await Task.sleep(for: .seconds(1))
    } while ContinuousClock.now < end
    Issue.record("\(limit) after the last call, its tables still hold \(tables)")
  }

  private static let tables: Set<Substring> = [
    "calls", "ended-calls", "server-transactions", "client-transactions", "timers", "kept-messages",
  ]

  /// What its tables hold, over all workers.
  func dump() async throws -> [Substring: Int] {
    let before = lines().count
    child.signal(SIGUSR1)
    guard try await eventually(within: .seconds(5), { lines().count > before }) else {
      throw Failure("the element does not say what its tables hold: \(child.said.suffix(500))")
    }
    try await Task.sleep(for: .milliseconds(200))  // for the lines of other workers
    var sums: [Substring: Int] = [:]
    for line in lines().dropFirst(before) {
      for (name, count) in Self.counts(line) { sums[name, default: 0] += count }
    }
    try #require(Set(sums.keys) == Self.tables, "the dump lacks some table: \(sums)")
    return sums
  }

  private func lines() -> [Substring] {
    child.said.split(separator: "\n").filter { $0.contains("tables:") }
  }

  private static func counts(_ line: Substring) -> [(Substring, Int)] {
    line.split(separator: " ").compactMap { field in
      let parts = field.split(separator: "=")
      guard parts.count == 2, tables.contains(parts[0]), let count = Int(parts[1]) else {
        return nil
      }
      return (parts[0], count)
    }
  }

  /// Asks it to end, which it does with status 0.
  func expectOrderlyEnd(within limit: Duration = .seconds(10)) async throws {
    child.signal(SIGTERM)
    let status = try await child.status(within: limit)
    #expect(status == 0, "\(child.said.suffix(1000))")
  }
}
