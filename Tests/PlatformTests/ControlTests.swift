import Basics
import CLinux
import Foundation
import Synchronization
import Testing

@testable import Platform

@Suite("The control socket", .timeLimit(.minutes(1)))
struct ControlTests {
  /// A path that nobody has, in a folder that is taken away afterwards.
  private func withPath(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "c-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.appending(path: "s").path)
  }

  private static let echo: @Sendable (String) -> [UInt8] = { Array("ok\n\($0)\n".utf8) }

  private func ask(_ path: String, _ request: String) throws -> String {
    let line = try ControlLine(to: path, patience: .seconds(10))
    return String(decoding: line.ask(request), as: UTF8.self)
  }

  private func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return attributes[.posixPermissions] as? Int ?? -1
  }

  @Test("only its owner may open it, whatever the mask of new files is")
  func mode() throws {
    try withPath { path in
      // The mask is the whole process's: nothing else here makes files that others must not see.
      let mask = umask(0)
      let control = try Control(path, answer: Self.echo)
      umask(mask)
      #expect(try mode(path) == 0o600)
      control.close()
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test("one line, one answer; the end of the line may be missing where nothing more comes")
  func asks() throws {
    try withPath { path in
      let control = try Control(path, answer: Self.echo)
      try control.start()
      for request in ["reload", "", "status json", String(repeating: "x", count: 4095)] {
        #expect(try ask(path, request) == "ok\n\(request)\n")
      }
      let shell = try shell("printf status | timeout 5 python3 -c '\(Self.client)' \(path)")
      #expect(shell == "ok\nstatus\n")
      control.close()
    }
  }

  /// Says what it is told and nothing more, and then listens.
  private static let client = """
    import socket, sys
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
    s.sendall(sys.stdin.buffer.read())
    s.shutdown(socket.SHUT_WR)
    print(s.makefile().read(), end="")
    """

  private func shell(_ command: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", command]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let said = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: said, as: UTF8.self)
  }

  @Test("a request that is too long is told so; one that never ends is given up")
  func bounds() throws {
    try withPath { path in
      var limits = Control.Limits()
      limits.patience = .milliseconds(200)
      let control = try Control(path, limits: limits, answer: Self.echo)
      try control.start()
      let long = try ask(path, String(repeating: "x", count: 4096))
      #expect(long == "refused\na request has at most 4096 octets\n")
      let silent = try ControlLine(to: path, patience: .seconds(10))
      let began = Clock.now()
      // An octet without the end of a line: the time for all of it is what counts.
      silent.send([0x78])
      let answer = silent.receive(upTo: 100)
      let took = Clock.now() - began
      #expect(answer == .nothing)
      #expect(took < .seconds(5))
      control.close()
    }
  }

  @Test("four at once, and a fifth is told that there are too many")
  func crowd() throws {
    try withPath { path in
      let gate = DispatchSemaphore(value: 0)
      let entered = DispatchSemaphore(value: 0)
      let control = try Control(path) { request in
        entered.signal()
        gate.wait()
        return Array("ok \(request)\n".utf8)
      }
      try control.start()
      let answers = Mutex<[String]>([])
      let done = DispatchGroup()
      for number in 0..<4 {
        DispatchQueue.global().async(group: done) {
          let answer = (try? self.ask(path, "\(number)")) ?? "failed"
          answers.withLock { $0.append(answer) }
        }
      }
      for _ in 0..<4 { entered.wait() }
      #expect(try ask(path, "5") == "refused\ntoo many connections\n")
      for _ in 0..<4 { gate.signal() }
      done.wait()
      #expect(answers.withLock { $0.sorted() } == (0..<4).map { "ok \($0)\n" })
      control.close()
    }
  }

  @Test("a socket that a dead process left is replaced; one that somebody answers at is not")
  func stale() throws {
    try withPath { path in
      let dead = linux_unix_open()
      #expect(unsafe linux_unix_bind(dead, path) == 0)
      // Bound and not yet listening is as dead as can be: nobody answers.
      _ = CLinux.close(dead)
      let first = try Control(path, answer: Self.echo)
      try first.start()
      #expect(try ask(path, "x") == "ok\nx\n")
      let refusal = #expect(throws: Refusal.self) { try Control(path, answer: Self.echo) }
      #expect(refusal == .controlInUse(path: path))
      #expect(refusal?.description == "control socket \(path): in use by a process that runs")
      #expect(try ask(path, "y") == "ok\ny\n")
      first.close()
      let second = try Control(path, answer: Self.echo)
      // What the first one had is gone: its end takes nothing of the second.
      first.close()
      #expect(try mode(path) == 0o600)
      second.close()
    }
  }

  @Test("what is no socket is left as it is, and a folder that is not there is said to be so")
  func notASocket() throws {
    try withPath { path in
      try Data("precious".utf8).write(to: URL(filePath: path))
      let refusal = #expect(throws: Refusal.self) { try Control(path, answer: Self.echo) }
      #expect(refusal == .controlNotASocket(path: path))
      #expect(try Data(contentsOf: URL(filePath: path)) == Data("precious".utf8))
      let none = #expect(throws: Refusal.self) { try Control(path + "/x/y", answer: Self.echo) }
      #expect(none == .control(path: path + "/x/y", code: ENOTDIR))
      #expect(throws: Refusal.self) {
        _ = try ControlLine(to: path + "2", patience: .seconds(1))
      }
    }
  }

  @Test("this user and root are heard, and nobody else")
  func users() {
    #expect(Control.admits(user: 0, owner: 1000) && Control.admits(user: 1000, owner: 1000))
    #expect(!Control.admits(user: 1001, owner: 1000) && !Control.admits(user: 1000, owner: 0))
    // What cannot be known is nobody.
    #expect(!Control.admits(user: -1, owner: 1000) && !Control.admits(user: -1, owner: 0))
  }
}

@Suite("The main thread waits")
struct SignalTests {
  @Test("and is woken by whoever rings, once for each silence")
  func bell() throws {
    let signals = try Signals()
    let bell = signals.bell
    #expect(signals.next(within: .milliseconds(1)) == nil)
    bell.ring()
    bell.ring()
    #expect(signals.next(within: .seconds(5)) == .bell)
    #expect(signals.next(within: .milliseconds(1)) == nil)
    DispatchQueue.global().asyncAfter(deadline: .now() + 0.05) { bell.ring() }
    #expect(signals.next() == .bell)
  }

  @Test("a terminal that was closed is gone, and its SIGHUP told apart; a file never was one")
  func terminal() throws {
    let master = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY)
    // TIOCSPTLCK and TIOCGPTN, which are macros: the other side is unlocked, and has this number.
    var (lock, number): (Int32, Int32) = (0, 0)
    #expect(unsafe ioctl(master, 0x4004_5431, &lock) == 0)
    #expect(unsafe ioctl(master, 0x8004_5430, &number) == 0)
    let slave = unsafe open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    let file = unsafe open("/dev/null", O_RDONLY)
    defer {
      close(slave)
      close(file)
    }
    let terminal = Terminal([file, slave], leader: 77)
    let without = Terminal([file], leader: 77)
    let senders = [Signal.Sender.kernel, .process(77), .process(78), .process(0)]
    #expect(senders.allSatisfy { !terminal.isClosed(by: $0) && !without.isClosed(by: $0) })
    close(master)
    // Whoever sends one long after, from another shell, wants the policy to be read again.
    #expect(senders.map { terminal.isClosed(by: $0) } == [true, true, false, false])
    #expect(senders.allSatisfy { !without.isClosed(by: $0) })
  }
}
