/// The lines of a policy's files, to be shown beside what was found in them. Each file is read
/// once.
package struct SourceLines {
  private let library: Library
  private var texts: [String: (text: Text, struck: [Int: String])?] = [:]

  package init(_ library: Library = .disk) { self.library = library }

  /// The line of that number, from 1, with what secrets it holds struck out; `nil` where the file
  /// is no text, or has no such line.
  package mutating func line(_ number: Int, of file: String) -> String? {
    guard let (text, struck) = text(of: file) else { return nil }
    return struck[number] ?? text.line(number)
  }

  private mutating func text(of file: String) -> (text: Text, struck: [Int: String])? {
    if let text = texts[file] { return text }
    let octets = try? library.read(file)
    let text = octets.flatMap { try? Text($0) }.map { (text: $0, struck: Self.struck($0)) }
    texts[file] = .some(text)
    return text
  }

  /// The lines that hold a secret, as they may be shown.
  private static func struck(_ text: Text) -> [Int: String] {
    var secrecy = Secrecy()
    var struck: [Int: String] = [:]
    for number in 1...text.lineCount {
      guard let line = text.line(number) else { continue }
      let shown = secrecy.redacted(line)
      if shown != line { struck[number] = shown }
    }
    return struck
  }
}
