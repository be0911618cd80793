import Foundation

/// The tree that this file stands in.
enum Tree {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Every text of the tree, read once.
  static let all = Result { try paths().compactMap(text) }

  /// The programs in the language of these endings.
  static func texts(_ endings: Set<String>) throws -> [SourceText] {
    try all.get().filter { text in
      (text.path.hasPrefix("Sources/") || text.path.hasPrefix("Tests/"))
        && endings.contains(URL(filePath: text.path).pathExtension)
    }
  }

  /// The folders of `Sources`, and those of `Tests` with a test in them.
  static func targets() throws -> Set<String> {
    let tests = try texts(["swift"]).filter { text in
      text.path.hasPrefix("Tests/") && text.imports().contains { $0.module == "Testing" }
    }
    let sources = try all.get().filter { $0.path.hasPrefix("Sources/") }
    return Set((sources + tests).map { String($0.path.split(separator: "/")[1]) })
  }

  /// What is no UTF-8 is no text.
  private static func text(_ path: String) throws -> SourceText? {
    let octets = try Data(contentsOf: root.appending(path: path))
    return String(data: octets, encoding: .utf8).map { SourceText(path: path, text: $0) }
  }

  /// All files, but for version control's own and what builds leave behind.
  private static func paths() throws -> [String] {
    let files = FileManager.default
    return try files.contentsOfDirectory(atPath: root.path)
      .filter { ![".build", ".build-fuzz", ".git", ".swiftpm", "Package.resolved"].contains($0) }
      .flatMap { top in
        let below = try? files.subpathsOfDirectory(atPath: root.appending(path: top).path)
        return (below ?? []).map { "\(top)/\($0)" } + [top]
      }
      .filter { isFile($0) && !$0.contains("__pycache__") }
  }

  private static func isFile(_ path: String) -> Bool {
    let kind = try? root.appending(path: path).resourceValues(forKeys: [.isRegularFileKey])
    return kind?.isRegularFile ?? false
  }
}
