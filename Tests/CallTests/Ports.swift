import Foundation
import Synchronization

/// Ports that nobody has, below those that the kernel gives out by itself.
enum Ports {
  enum Transport: String { case udp, tcp }

  /// How many a block has.
  static let size = 8

  private static let given = Mutex<Set<Int>>([])

  /// The first of eight that are free in every transport and address family, and that nobody else
  /// in this process was given.
  static func block() throws -> Int {
    let taken = try Set(tables.flatMap { try ports(in: $0) })
    return try given.withLock { given in
      for _ in 0..<1000 {
        let first = Int.random(in: 2500..<4000) * size
        guard !given.contains(first), taken.isDisjoint(with: first..<first + size) else { continue }
        given.insert(first)
        return first
      }
      throw Failure("no eight free ports between 20000 and 32000")
    }
  }

  /// Whether somebody listens there, in either address family: a line of the kernel's table whose
  /// local port it is, without a remote end, and in the state of a listener (TCP) or of any open
  /// socket (UDP). The octets are searched and no text is made of them: a test asks often, and the
  /// tables are long.
  static func isTaken(_ port: Int, _ transport: Transport) throws -> Bool {
    let hexadecimal = String(port, radix: 16, uppercase: true)
    let local = String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
    let state = transport == .tcp ? "0A" : "07"
    for (suffix, width) in [("", 8), ("6", 32)] {
      let table = try whole("\(transport.rawValue)\(suffix)")
      let nobody = String(repeating: "0", count: width)
      if table.range(of: Data(":\(local) \(nobody):0000 \(state)".utf8)) != nil { return true }
    }
    return false
  }

  /// A table of the kernel, which gives one page for each read: Foundation takes a short read for
  /// the end where a file says that it has no size.
  private static func whole(_ table: String) throws -> Data {
    let file = try FileHandle(forReadingFrom: URL(filePath: "/proc/net/\(table)"))
    defer { try? file.close() }
    var octets = Data()
    while let more = try file.read(upToCount: 4096), !more.isEmpty { octets += more }
    return octets
  }

  private static let tables = ["udp", "udp6", "tcp", "tcp6"]

  /// The local ports in one of the kernel's tables (column 2: address and port).
  private static func ports(in table: String) throws -> [Int] {
    let text = String(decoding: try whole(table), as: UTF8.self)
    return text.split(separator: "\n").dropFirst().compactMap { line in
      let columns = line.split(separator: " ")
      guard columns.count > 3 else { return nil }
      return columns[1].split(separator: ":").last.flatMap { Int($0, radix: 16) }
    }
  }
}

/// Why a test cannot go on.
struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
