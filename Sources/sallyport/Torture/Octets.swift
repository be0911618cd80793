import Foundation
import Torture

/// Torture messages as they are on the wire, one file each, for programs that know no markup.
struct Octets {
  /// Why they could not be written.
  struct Unwritten: Error {
    /// `path: error: what`, a line for each.
    var sentence: String
  }

  /// How such a file ends.
  static let ending = ".sip"

  private var messages: [String: [UInt8]] = [:]

  /// - Throws: names that messages of several folders have.
  init(of folders: [Folder]) throws(Unwritten) {
    var places: [String: String] = [:]
    var clashes: [String] = []
    for folder in folders {
      for (name, octets) in folder.messages.sorted(by: { $0.key < $1.key }) {
        if let other = places.updateValue(folder.path, forKey: name) {
          clashes.append(
            "\(folder.path)/\(name)\(Folder.ending): error: \(other) has one of that name")
        }
        messages[name] = octets
      }
    }
    guard clashes.isEmpty else { throw Unwritten(sentence: clashes.joined(separator: "\n")) }
  }

  /// How many there are.
  var count: Int { messages.count }

  /// Writes them to a directory, which is made where it is missing; a file of the same name is
  /// replaced.
  func write(to directory: String) throws(Unwritten) {
    let folder = URL(fileURLWithPath: directory)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (name, octets) in messages {
        try Data(octets).write(to: folder.appending(path: name + Self.ending))
      }
    } catch {
      throw Unwritten(
        sentence: "\(directory): error: it cannot be written: \(error.localizedDescription)")
    }
  }
}
