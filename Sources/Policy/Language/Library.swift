import Foundation

/// Where the octets of a policy's files come from: the disk, or texts in memory.
package struct Library: Sendable {
  /// The octets of the file of that path.
  let read: @Sendable (String) throws(Finding) -> [UInt8]
  /// What two paths have in common that lead to the same file.
  let identity: @Sendable (String) -> String

  /// Files as they are named, of at most `Limits.octets` each.
  package static let disk = Library { path throws(Finding) in try Source.read(path) }

  /// The disk, as somebody names files on a command line: `-` is the standard input, and what a
  /// shell makes of `<(command)` is read to its end. Each is read here, once and for all.
  package static func shell(_ paths: [String]) -> Library {
    var streams: [String: Result<[UInt8], Finding>] = [:]
    for path in paths where Source.isStream(path) && streams[path] == nil {
      streams[path] = Source.stream(path)
    }
    return Library { [streams] path throws(Finding) in
      if let stream = streams[path] { return try stream.get() }
      return try Source.read(path)
    }
  }

  /// - Parameter texts: each under its path.
  package static func memory(_ texts: [String: String]) -> Library {
    Library(identity: { $0 }) { path throws(Finding) in
      guard let text = texts[path] else { throw Source.finding(path, "there is no such file") }
      return Array(text.utf8)
    }
  }

  private init(
    identity: @escaping @Sendable (String) -> String = { Source.identity($0) },
    _ read: @escaping @Sendable (String) throws(Finding) -> [UInt8]
  ) {
    self.identity = identity
    self.read = read
  }

  /// A path as a file writes it, seen from where the file stands.
  static func path(_ path: String, from file: String) -> String {
    if path.hasPrefix("/") { return URL(fileURLWithPath: path).standardized.path }
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    var parts = folder.map(String.init)
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, !["", "..", "."].contains(last) {
        parts.removeLast()
      } else {
        parts.append(String(part))
      }
    }
    return parts.joined(separator: "/")
  }
}
