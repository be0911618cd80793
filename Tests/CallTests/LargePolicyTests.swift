import Foundation
import Testing

/// What is heard while a policy loads that takes its time.
@Suite("The running element and a large policy", .timeLimit(.minutes(2)))
struct LargePolicyTests {
  /// The usual policy with so many routes that loading takes a second and more.
  private func write(_ policy: PolicyText, in folder: URL) throws -> URL {
    var text = policy.yaml
    for number in 0..<120_000 {
      text += "  - { name: r-\(number), user-prefix: \"+\(1_000_000 + number)\", to: right }\n"
    }
    let file = folder.appending(path: "element.yaml")
    try text.write(to: file, atomically: true, encoding: .utf8)
    return file
  }

  private func policy(_ folder: URL) throws -> PolicyText {
    var policy = try PolicyText(port: Ports.block(), calleeTargets: ["udp:127.0.0.3:9"])
    policy.control = folder.appending(path: "control").path
    return policy
  }

  @Test("a status is told while one is loaded, and a SIGTERM does not wait for it")
  func reload() async throws {
    try await withFolder { folder in
      let policy = try policy(folder)
      let element = try await Element(policy, in: folder)
      _ = try write(policy, in: folder)
      let asker = try Child.ctl(["reload"], in: folder, name: "asker")
      var status = ""
      _ = try await eventually(within: .seconds(10)) {
        status = try Child.answer(of: ["status"], in: folder)
        return status.contains("reloading: yes")
      }
      #expect(status.contains("policy: 1\n") && asker.isRunning, "\(status)")
      element.child.signal(SIGTERM)
      let end = try await element.child.status(within: .milliseconds(1_000))
      #expect(end == 0)
      #expect(try await asker.status(within: .seconds(5)) == 1)
      #expect(asker.said == "the element is draining\npolicy 1 stays in force\n")
      #expect(element.child.said.contains(" error policy.kept number=1 cause=draining "))
      #expect(!FileManager.default.fileExists(atPath: policy.control ?? ""))
    }
  }

  @Test("nor does it at the start", arguments: [SIGTERM, SIGINT])
  func start(signal: Int32) async throws {
    try await withFolder { folder in
      let child = try Element.start(write(policy(folder), in: folder), in: folder)
      child.waitUntilHeard(signal)
      child.signal(signal)
      let end = try await child.status(within: .milliseconds(1_000))
      #expect(end == 0)
      #expect(child.said == "sallyport: told to end before it began to serve\n")
    }
  }

  @Test("a SIGHUP long after the terminal was closed is a reload")
  func terminal() async throws {
    try await withFolder { folder in
      let master = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY)
      // TIOCSPTLCK and TIOCGPTN, which are macros: the other side is unlocked, and has this number.
      var (lock, number): (Int32, Int32) = (0, 0)
      #expect(unsafe ioctl(master, 0x4004_5431, &lock) == 0)
      #expect(unsafe ioctl(master, 0x8004_5430, &number) == 0)
      let slave = unsafe open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
      let errors = FileHandle(fileDescriptor: slave, closeOnDealloc: true)
      let element = try await Element(policy(folder), in: folder, errors: errors)
      close(master)
      element.child.signal(SIGHUP)
      let isReloaded = try await eventually(within: .seconds(10)) {
        try Child.answer(of: ["status"], in: folder).contains("policy: 2\n")
      }
      #expect(isReloaded)
      try await element.expectOrderlyEnd()
    }
  }
}

extension Child {
  /// `sallyport ctl`, to the element that listens at `control` in a folder.
  fileprivate static func ctl(
    _ arguments: [String], in folder: URL, name: String = "ctl"
  ) throws -> Child {
    let path = folder.appending(path: "control").path
    return try Child(
      name, Element.binary.path, ["ctl", "--socket", path] + arguments, in: folder)
  }

  /// Blocks its thread, since a task that sleeps may be woken only when the policy is loaded.
  fileprivate func waitUntilHeard(_ signal: Int32) {
    for _ in 0..<2_000 {
      let text = (try? String(contentsOfFile: "/proc/\(number)/status", encoding: .ascii)) ?? ""
      let lines = text.split(separator: "\n")
      let line = lines.first { $0.hasPrefix("SigBlk:") }
      let mask = line.flatMap { UInt64($0.split(separator: "\t").last ?? "", radix: 16) } ?? 0
      // The thread that loads is there; before that, a mask may be that of whoever started it.
      let isLoading = !lines.contains("Threads:\t1") && text.contains("Name:\tsallyport")
      if isLoading, mask >> UInt64(signal - 1) & 1 != 0 { return }
      Thread.sleep(forTimeInterval: 0.002)
    }
  }

  /// What it says, once it has ended.
  fileprivate static func answer(of arguments: [String], in folder: URL) throws -> String {
    let child = try ctl(arguments, in: folder)
    while child.isRunning { Thread.sleep(forTimeInterval: 0.005) }
    return child.said
  }
}
