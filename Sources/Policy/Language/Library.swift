import Foundation

/// Where the octets of a policy's files come from: the disk, or texts in memory.
package struct Library: Sendable {
  /// The octets of the file of that path.
  let read: @Sendable (String) throws(Finding) -> [UInt8]

  /// Files as they are named, of at most `Limits.octets` each.
  package static let disk = Library { path throws(Finding) in try Source.read(path) }

  /// - Parameter texts: each under its path.
  package static func memory(_ texts: [String: String]) -> Library {
    Library { path throws(Finding) in
      guard let text = texts[path] else { throw Source.finding(path, "there is no such file") }
      return Array(text.utf8)
    }
  }

  private init(_ read: @escaping @Sendable (String) throws(Finding) -> [UInt8]) {
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
