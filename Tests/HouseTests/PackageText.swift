import Foundation

/// The targets of Package.swift in the order in which they are written there.
struct PackageText {
  struct Target {
    let name: String
    /// The targets that it names; products of other packages are none.
    let dependencies: [String]
    /// Whether its code is below `Sources`: no test, and no tool of one.
    let isSource: Bool
    /// Whether `stage` made it, which lets each import Basics.
    let isStage: Bool
  }

  let targets: [Target]

  static func read() throws -> PackageText {
    PackageText(
      try String(contentsOf: Tree.root.appending(path: "Package.swift"), encoding: .utf8))
  }

  init(_ text: String) {
    let source = SourceText(path: "Package.swift", text: text)
    let octets = Array(text.utf8)
    // A product has a list of this name as well, on one line.
    let lists = source.words.filter { $0.text == "targets" }.compactMap { word in
      source.bracket(UInt8(ascii: "["), from: word.range.upperBound)
    }
    let list = lists.max { $0.count < $1.count }
    targets = source.words.compactMap { word in
      guard let list, list.contains(word.range.lowerBound), Self.kinds.contains(word.text),
        let call = source.bracket(UInt8(ascii: "("), from: word.range.upperBound)
      else { return nil }
      return Self.target(word.text, source, call, octets)
    }
  }

  private static let kinds: Set<String> = ["target", "systemLibrary", "executableTarget", "stage"]

  private static func target(
    _ kind: String, _ source: SourceText, _ call: Range<Int>, _ octets: [UInt8]
  ) -> Target? {
    guard let name = source.strings(in: call, of: octets).first else { return nil }
    let labels = source.words.filter { call.contains($0.range.lowerBound) }
    let label =
      kind == "stage"
      ? call.lowerBound
      : labels.first { $0.text == "dependencies" }?
        .range.upperBound
    let list = label.flatMap { source.bracket(UInt8(ascii: "["), from: $0) }
    let isElsewhere = labels.contains { $0.text == "path" }
    return Target(
      name: name, dependencies: list.map { source.strings(in: $0, of: octets) } ?? [],
      isSource: !isElsewhere, isStage: kind == "stage")
  }
}

extension SourceText {
  /// The first bracket of this kind at or after a place, both ends included.
  fileprivate func bracket(_ mark: UInt8, from place: Int) -> Range<Int>? {
    guard let open = code[place...].firstIndex(of: mark) else { return nil }
    return end(ofBracketAt: open).map { open..<$0 }
  }

  /// The strings that stand in a bracket itself, and in none within it.
  fileprivate func strings(in bracket: Range<Int>, of octets: [UInt8]) -> [String] {
    var found: [String] = []
    var depth = 0
    var start: Int?
    for place in bracket {
      switch code[place] {
      case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: "\"") where depth == 1:
        if let from = start {
          found.append(String(decoding: octets[(from + 1)..<place], as: UTF8.self))
        }
        start = start == nil ? place : nil
      default: continue
      }
    }
    return found
  }
}
