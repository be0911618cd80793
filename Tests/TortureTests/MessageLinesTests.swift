import Foundation
import Testing

/// What EXPECTED says of a message fits what the message's own file says.
@Suite struct MessageLinesTests {
  struct Line {
    let name: String
    let roles: [String]
    let section: String
  }

  static func lines(of folder: String) throws -> [Line] {
    let file = MessageFiles.root.appending(path: "\(folder)/EXPECTED")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
      let words = line.prefix { $0 != ";" }.split(separator: " ").map(String.init)
      guard words.count > 3, words[0] != "#" else { return nil }
      return Line(
        name: words[0], roles: words[1].split(separator: ",").map(String.init),
        section: words[words.count - 1])
    }
  }

  @Test(arguments: ["rfc4475", "rfc5118"]) func everyMessageHasThem(_ folder: String) throws {
    let lines = try Self.lines(of: folder)
    let names = try MessageFiles.names(in: folder)
    #expect(Set(lines.map(\.name)) == Set(names))
    for name in names {
      let text = String(decoding: try MessageFiles.text(name, in: folder), as: UTF8.self)
      let own = lines.filter { $0.name == name }
      let roles = own.flatMap(\.roles)
      #expect(roles.count == Set(roles).count, "\(name) has two lines for one role")
      let isRegister = text.contains("\nREGISTER ")
      #expect(roles.contains("proxy") && roles.contains("uas"), "\(name) has roles \(roles)")
      #expect(roles.contains("registrar") || !isRegister, "\(name) is a REGISTER")
      for line in own {
        #expect(text.prefix(40).contains(" \(line.section):"), "\(name) is not of \(line.section)")
      }
    }
  }
}
