import Foundation

extension Folder {
  /// Reads a directory: its EXPECTED and each `*.msg` in it.
  /// - Throws: what cannot be read, and what is wrong in it.
  package static func read(_ path: String) throws(Expected.Broken) -> Folder {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw Expected.Broken(findings: ["\(path): error: there is no such folder to be read"])
    }
    let text = String(decoding: try octets("\(path)/\(expected)"), as: UTF8.self)
    var messages: [String: [UInt8]] = [:]
    for name in names where name.hasSuffix(ending) {
      messages[String(name.dropLast(ending.count))] = try octets("\(path)/\(name)")
    }
    return try Folder(path: path, expected: text, messages: messages)
  }

  private static func octets(_ path: String) throws(Expected.Broken) -> [UInt8] {
    do {
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw Expected.Broken(findings: ["\(path): error: the file is missing, or cannot be read"])
    }
  }
}
