import CLinux

/// The file of a Unix socket that only this user may open.
///
/// A socket outlives the process that made it. One that nobody answers at is replaced; one that
/// somebody answers at is left to him. While that is found out the folder is locked, so that of two
/// who start together one is told that the place is taken.
struct ControlSocket: ~Copyable, Sendable {
  private static let backlog: Int32 = 8

  let descriptor: Descriptor
  private let path: String
  private let file: File

  /// Which file it is: another may stand at the path by now.
  private struct File: Equatable {
    var device: UInt64 = 0
    var number: UInt64 = 0
  }

  /// - Parameter path: at most 107 octets.
  init(_ path: String) throws(Refusal) {
    let lock = unsafe linux_lock_folder(Self.folder(of: path))
    let isLocked = lock < 0 && linux_errno() == EWOULDBLOCK
    defer { if lock >= 0 { _ = close(lock) } }
    if isLocked { throw .controlInUse(path: path) }
    let number: Int32
    do throws(Errno) {
      number = try Self.open(path)
    } catch {
      throw Self.refusal(path, error)
    }
    descriptor = Descriptor(number)
    file = Self.look(path).file
    self.path = path
  }

  deinit { remove() }

  /// Why there could be no socket at a path, as far as that can be seen without making one. One
  /// that stands there is no hindrance: its element may be the one that this is for.
  static func hindrance(at path: String) -> Refusal? {
    switch look(path).kind {
    case linux_file_socket: return nil
    case linux_file_none:
      let code = unsafe linux_folder_error(folder(of: path))
      return code == 0 ? nil : .control(path: path, code: code)
    default: return .controlNotASocket(path: path)
    }
  }

  /// Takes the file away, if it is still ours: who found it dead may have put another one there.
  func remove() {
    let (kind, found) = Self.look(path)
    if kind == linux_file_socket, found == file { _ = unsafe unlink(path) }
  }

  private static func open(_ path: String) throws(Errno) -> Int32 {
    let descriptor = Descriptor(try bind(path))
    guard listen(descriptor.number, backlog) == 0 else {
      let error = Errno.last
      _ = unsafe unlink(path)
      throw error
    }
    return descriptor.takeNumber()
  }

  /// - Throws: `EADDRINUSE` for one that somebody answers at, `ENOTSOCK` for no socket.
  private static func bind(_ path: String) throws(Errno) -> Int32 {
    let number = linux_unix_open()
    guard number >= 0 else { throw Errno.last }
    let descriptor = Descriptor(number)
    if unsafe linux_unix_bind(number, path) == 0 { return descriptor.takeNumber() }
    let error = Errno.last
    guard error.code == EADDRINUSE else { throw error }
    guard look(path).kind == linux_file_socket else { throw Errno(code: ENOTSOCK) }
    guard try isDead(path) else { throw error }
    _ = unsafe unlink(path)
    guard unsafe linux_unix_bind(number, path) == 0 else { throw Errno.last }
    return descriptor.takeNumber()
  }

  /// Whether nobody listens at a socket.
  private static func isDead(_ path: String) throws(Errno) -> Bool {
    let number = linux_unix_open()
    guard number >= 0 else { throw Errno.last }
    let caller = Descriptor(number)
    return unsafe linux_unix_connect(caller.number, path) != 0 && linux_errno() == ECONNREFUSED
  }

  private static func look(_ path: String) -> (kind: linux_file_kind, file: File) {
    var file = File()
    let kind = unsafe linux_file_at(path, &file.device, &file.number)
    return (kind, file)
  }

  private static func folder(of path: String) -> String {
    let end = path.lastIndex(of: "/") ?? path.startIndex
    return end == path.startIndex ? "/" : String(path[..<end])
  }

  private static func refusal(_ path: String, _ error: Errno) -> Refusal {
    switch error.code {
    case EADDRINUSE: .controlInUse(path: path)
    case ENOTSOCK: .controlNotASocket(path: path)
    default: .control(path: path, code: error.code)
    }
  }
}
