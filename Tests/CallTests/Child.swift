import Foundation

/// A process that this test started, and that it ends.
final class Child {
  let name: String
  private let process = Process()
  private let output: URL

  /// Starts it in `folder`; what it says goes to `NAME.out` there, or to `errors`.
  /// - Parameter program: its path, or a name to be found in `PATH`.
  init(
    _ name: String, _ program: String, _ arguments: [String], in folder: URL,
    errors: FileHandle? = nil
  ) throws {
    self.name = name
    output = folder.appending(path: "\(name).out")
    try Data().write(to: output)
    let file = try FileHandle(forWritingTo: output)
    // The thread that this runs on has signals blocked, and its children would have them too.
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["--default-signal", program] + arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(["TERM": "vt100"]) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = file
    process.standardError = errors ?? file
    try process.run()
    try file.close()
  }

  deinit { if process.isRunning { signal(SIGKILL) } }

  var isRunning: Bool { process.isRunning }

  /// The kernel's number for it.
  var number: Int32 { process.processIdentifier }

  /// All that it has said until now.
  var said: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Its exit status, and 256 and the signal's number for one that a signal ended. One that does
  /// not end in time is ended.
  func status(within limit: Duration) async throws -> Int32 {
    let isOver = try await eventually(within: limit) { !process.isRunning }
    guard isOver else {
      signal(SIGKILL)
      throw Failure("\(name) did not end within \(limit); its last words: \(said.suffix(2000))")
    }
    let wasEnded = process.terminationReason == .uncaughtSignal
    return process.terminationStatus + (wasEnded ? 256 : 0)
  }
}

/// Looks again and again until it holds, or the time is up.
func eventually(within limit: Duration, _ holds: () throws -> Bool) async throws -> Bool {
  let end = ContinuousClock.now + limit
  while ContinuousClock.now < end {
    if try holds() { return true }
    try await Task.sleep(for: .milliseconds(50))
  }
  return try holds()
}
