import Foundation
import Testing

/// A client in the test's own thread: a plain socket to loopback that gives up in time.
final class Client: Sendable {
  struct Answer {
    var status: Int
    var head: String
    var body: [UInt8]
    var text: String { String(decoding: body, as: UTF8.self) }
  }

  struct Failed: Error {}

  private let number: Int32

  private init(_ type: __socket_type, to port: UInt16) throws {
    number = socket(AF_INET, Int32(type.rawValue), 0)
    var wait = timeval(tv_sec: 3, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      unsafe setsockopt(number, SOL_SOCKET, option, &wait, size)
    }
    let result = unsafe Self.withAddress(port) { unsafe connect(number, $0, $1) }
    guard result == 0 else { throw Failed() }
  }

  deinit { close(number) }

  static func stream(to port: UInt16) throws -> Client { try Client(SOCK_STREAM, to: port) }
  static func datagrams(to port: UInt16) throws -> Client { try Client(SOCK_DGRAM, to: port) }

  /// A port that nobody has at the moment.
  static func freePort() throws -> UInt16 {
    let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(number) }
    guard unsafe withAddress(0, { unsafe bind(number, $0, $1) }) == 0 else { throw Failed() }
    var name = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = unsafe withUnsafeMutablePointer(to: &name) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(number, $0, &length)
      }
    }
    guard result == 0 else { throw Failed() }
    return UInt16(bigEndian: name.sin_port)
  }

  private static func withAddress(
    _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return unsafe withUnsafePointer(to: &name) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  /// - Returns: whether all of it went out.
  @discardableResult
  func write(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// One piece; nothing when none came in time, or no more will.
  func read() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe recv(number, $0.baseAddress, $0.count, 0)
    }
    return count > 0 ? Array(bytes.prefix(count)) : []
  }

  /// Sends a datagram and waits for its answer.
  @discardableResult
  func exchange(_ text: String) -> [UInt8] {
    write(Array(text.utf8))
    let answer = read()
    #expect(!answer.isEmpty, "no answer to \(text.prefix(20))")
    return answer
  }

  /// All that comes until the other side closes.
  /// - Returns: `nil` when it does not in this time, in seconds.
  func readAll(within seconds: Double) -> [UInt8]? {
    let end = Date.now + seconds
    var all: [UInt8] = []
    var bytes = [UInt8](repeating: 0, count: 65_536)
    while Date.now < end {
      let count = unsafe bytes.withUnsafeMutableBytes {
        unsafe recv(number, $0.baseAddress, $0.count, 0)
      }
      if count > 0 { all += bytes.prefix(count) }
      if count == 0 || count < 0 && errno == ECONNRESET { return all }
    }
    return nil
  }

  static func get(_ path: String, at port: UInt16, method: String = "GET") throws -> Answer {
    let client = try stream(to: port)
    client.write(Array("\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
    var all: [UInt8] = []
    while true {
      if let answer = Answer(all) { return answer }
      let more = client.read()
      guard !more.isEmpty else { throw Failed() }
      all += more
    }
  }
}

extension Client.Answer {
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
    body = Array(bytes[end.upperBound..<end.upperBound + length])
  }
}
