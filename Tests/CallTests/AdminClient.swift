import Foundation

/// A client of the admin listener, or of a SIP port: a plain socket to loopback, read without
/// waiting in the kernel.
final class AdminClient: Sendable {
  /// What came back to a request.
  struct Answer {
    var status: Int
    var head: String
    var body: String

    /// - Returns: `nil` for one that is not whole.
    fileprivate init?(_ bytes: [UInt8]) {
      guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
      head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
      let lines = head.split(separator: "\r\n")
      let field = lines.first { $0.lowercased().hasPrefix("content-length:") }
      guard let length = field.flatMap({ Int($0.split(separator: " ")[1]) }),
        let word = lines.first?.split(separator: " ").dropFirst().first, let status = Int(word),
        bytes.count >= end.upperBound + length
      else { return nil }
      self.status = status
      body = String(decoding: bytes[end.upperBound..<end.upperBound + length], as: UTF8.self)
    }
  }

  private let number: Int32

  init(to port: Int, isStream: Bool = true) throws {
    let type = isStream ? SOCK_STREAM : SOCK_DGRAM
    number = socket(AF_INET, Int32(type.rawValue), 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = UInt16(port).bigEndian
    name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = unsafe withUnsafePointer(to: &name) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(number, $0, size)
      }
    }
    guard result == 0 else { throw Failure("nobody listens at \(port)") }
  }

  deinit { close(number) }

  /// - Returns: how many octets went out; less than 0 where no more will.
  @discardableResult
  func write(_ text: String) -> Int {
    let bytes = Array(text.utf8)
    let count = unsafe bytes.withUnsafeBytes {
      unsafe send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }
    return count < 0 && errno == EAGAIN ? 0 : count
  }

  private func read() -> (bytes: [UInt8], isOver: Bool) {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe recv(number, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
    }
    if count > 0 { return (Array(bytes.prefix(count)), false) }
    return ([], count == 0 || errno != EAGAIN)
  }

  /// All that comes until the other side closes.
  /// - Returns: `nil` when it does not in that time.
  func end(within limit: Duration) async throws -> [UInt8]? {
    var all: [UInt8] = []
    let isOver = try await eventually(within: limit) {
      let (bytes, isOver) = read()
      all += bytes
      return isOver
    }
    return isOver ? all : nil
  }

  /// One datagram's answer.
  func answered(within limit: Duration = .seconds(3)) async throws -> Bool {
    try await eventually(within: limit) { !read().bytes.isEmpty }
  }

  static func get(_ path: String, at port: Int, method: String = "GET") async throws -> Answer {
    let client = try AdminClient(to: port)
    client.write("\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
    var all: [UInt8] = []
    var answer: Answer?
    _ = try await eventually(within: .seconds(5)) {
      all += client.read().bytes
      answer = Answer(all)
      return answer != nil
    }
    guard let answer else { throw Failure("no answer to \(method) \(path): \(all.count) octets") }
    return answer
  }
}
