import Foundation
import Testing

@testable import Policy

@Suite("Files that this user may not read")
struct PermissionTests {
  private typealias SetUser = @convention(c) (UInt32) -> Int32

  /// Root may read everything. On Linux each thread has a user of its own for files, and with
  /// another one than root it has lost that right: so this is read as anybody else would.
  private func asAnother<Value>(_ body: () -> Value) throws -> Value {
    guard geteuid() == 0 else { return body() }
    let symbol = unsafe try #require(unsafe dlsym(nil, "setfsuid"))
    let setUser = unsafe unsafeBitCast(symbol, to: SetUser.self)
    _ = setUser(65_534)
    defer { _ = setUser(0) }
    return body()
  }

  private func finding(_ path: String) throws -> String? {
    try asAnother {
      do throws(Rejection) {
        _ = try Snapshot.load(path: path)
        return nil
      } catch {
        return error.description
      }
    }
  }

  @Test("one that others may not read, and one in a folder that others may not enter")
  func permission() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "no-\(UUID())")
    let inner = folder.appending(path: "inner")
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
    defer {
      try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: inner.path)
      try? FileManager.default.removeItem(at: folder)
    }
    let closed = folder.appending(path: "closed.yaml").path
    let within = inner.appending(path: "p.yaml").path
    for path in [closed, within] {
      try Data(Sample.right.utf8).write(to: URL(filePath: path))
      _ = try Snapshot.load(path: path)
    }
    let rights: [(String, Int)] = [(folder.path, 0o755), (closed, 0), (inner.path, 0)]
    for (path, mode) in rights {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
    for path in [closed, within] {
      let finding = try finding(path)
      #expect(finding == "\(path): error: the file may not be read by this user")
    }
  }
}
