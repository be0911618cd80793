import Foundation
import Testing

/// What an operator sees of the program, and how it hears him.
@Suite("The running element and its operator", .timeLimit(.minutes(2)))
struct OperatorTests {
  private static let crossing = Crossing.all[0]

  @Test("a log that nobody reads does not keep it from ending", arguments: [0, 5])
  func logIsBlocked(calls: Int) async throws {
    try await withFolder { folder in
      let pipe = Pipe()
      try fill(pipe)
      let (element, parties) = try await ringing(calls, drain: "1s", errors: pipe, in: folder)
      try await Task.sleep(for: .seconds(1))
      element.child.signal(SIGHUP)
      element.child.signal(SIGTERM)
      let status = try await element.child.status(within: .seconds(5))
      #expect(status == 0)
      for party in parties { try await party.expectAllCalls(within: .seconds(10)) }
    }
  }

  @Test("while it drains it says what its tables hold; told again, it ends at once, and how")
  func hearsWhileDraining() async throws {
    try await withFolder { folder in
      let (element, parties) = try await ringing(5, drain: "60s", errors: nil, in: folder)
      try await Task.sleep(for: .seconds(1))
      element.child.signal(SIGTERM)
      _ = try await eventually(within: .seconds(2)) { element.child.said.contains("draining") }
      let count = try await element.dump()["calls"]
      #expect(count == 5)
      #expect(element.child.isRunning)
      element.child.signal(SIGINT)
      let status = try await element.child.status(within: .seconds(4))
      #expect(status == 0)
      let said = element.child.said
      #expect(said.contains(" notice draining limit=60.000s\n"), "\(said)")
      #expect(said.hasSuffix(" notice ended calls-cut=5\n"), "\(said)")
      let ended = said.split(separator: "\n").filter { $0.contains("call.ended") }
      #expect(ended.count == 5)
      #expect(ended.allSatisfy { $0.contains("cause=shutdown status=503") }, "\(said)")
      for party in parties { try await party.expectAllCalls(within: .seconds(10)) }
    }
  }

  @Test("SIGUSR1: what it lost, cut off and turned away stands in the dump")
  func dumps() async throws {
    try await withFolder { folder in
      let (element, _) = try await ringing(0, drain: "1s", errors: nil, in: folder)
      try shell("printf x >/dev/udp/127.0.0.1/\(element.port)", in: folder)
      try shell("exec 3<>/dev/tcp/127.0.0.1/\(element.port); cat <&3", in: folder)
      _ = try await element.dump()
      let lines = element.child.said.split(separator: "\n")
      let tables = try #require(lines.last { $0.contains(" notice tables: ") })
      for name in ["retransmissions", "stray-acks", "outbox-full", "lost-notes"] {
        #expect(tables.contains(" \(name)=0 "), "\(tables)")
      }
      let transport = try #require(lines.last { $0.contains(" notice transport: worker=0 ") })
      let zeros = ["refused", "unframed", "late", "unread", "queue-full", "ring-full", "open"]
      for name in zeros { #expect(transport.contains(" \(name)=0 "), "\(transport)") }
      #expect(transport.hasSuffix(" unwelcome=1 strange-connections=1"), "\(transport)")
      try await element.expectOrderlyEnd(within: .seconds(3))
    }
  }

  @Test("unknown sources: the first at once, and then few lines, however much comes")
  func strangers() async throws {
    try await withFolder { folder in
      let (element, _) = try await ringing(0, drain: "1s", errors: nil, in: folder)
      let began = ContinuousClock.now
      let flood = "for i in {1..2000}; do printf x; done >/dev/udp/127.0.0.1/\(element.port)"
      try shell(flood, in: folder)
      try shell("exec 3<>/dev/tcp/127.0.0.1/\(element.port); cat <&3", in: folder)
      try await Task.sleep(for: .milliseconds(700))
      _ = try await element.dump()
      let seconds = Int((ContinuousClock.now - began).components.seconds) + 1
      let said = element.child.said.split(separator: "\n")
      let lines = said.filter { $0.contains("source.unknown") }
      let first = try #require(lines.first)
      let form =
        /.*Z info source\.unknown remote=#[0-9a-f]{10} port=\d+ transport=udp count=\d+/
      #expect(first.wholeMatch(of: form) != nil, "\(first)")
      #expect((2...2 * seconds + 1).contains(lines.count), "\(lines)")
      let counts = lines.compactMap { $0.split(separator: "=").last.flatMap { Int($0) } }
      let tables = try #require(said.last { $0.contains(" notice tables: ") })
      #expect(tables.contains(" unknown-source=\(counts.reduce(0, +)) "), "\(tables) \(lines)")
      try await element.expectOrderlyEnd(within: .seconds(3))
    }
  }

  /// Runs it in a shell at 127.0.0.1, which is no peer's address.
  private func shell(_ command: String, in folder: URL) throws {
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/bash")
    shell.arguments = ["-c", command]
    shell.currentDirectoryURL = folder
    shell.standardError = FileHandle.nullDevice
    try shell.run()
    shell.waitUntilExit()
  }

  /// So many calls that ring, and whoever takes part in them.
  private func ringing(
    _ calls: Int, drain: String, errors: Pipe?, in folder: URL
  ) async throws -> (element: Element, parties: [SIPp]) {
    let load = SIPp.Load(calls: max(calls, 1), rate: 40)
    let callee = try await Self.crossing.callee("cancel", calls: load, in: folder)
    let target = Self.crossing.target(callee.host, callee.port)
    var policy = try PolicyText(port: Ports.block(), calleeTargets: [target])
    policy.drain = drain
    let element = try await Element(policy, in: folder, errors: errors?.fileHandleForWriting)
    guard calls > 0 else { return (element, []) }
    let caller = try Self.crossing.caller("left", calls: load, to: element, in: folder)
    return (element, [caller, callee])
  }

  /// Leaves no octet of room in it.
  private func fill(_ pipe: Pipe) throws {
    let writer = pipe.fileHandleForWriting
    let flags = fcntl(writer.fileDescriptor, F_GETFL)
    _ = fcntl(writer.fileDescriptor, F_SETFL, flags | O_NONBLOCK)
    let octets = [UInt8](repeating: 0x0a, count: 4096)
    var size = octets.count
    while size > 0 {
      if unsafe write(writer.fileDescriptor, octets, size) < 0 { size /= 2 }
    }
    _ = fcntl(writer.fileDescriptor, F_SETFL, flags)
  }
}
