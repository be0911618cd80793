/// The lines of a policy's files, to be shown beside what was found in them. Each file is read
/// once.
package struct SourceLines {
  private let library: Library
  private var texts: [String: Text?] = [:]

  package init(_ library: Library = .disk) { self.library = library }

  /// The line of that number, from 1, with what secrets it holds struck out; `nil` where the file
  /// is no text, or has no such line.
  package mutating func line(_ number: Int, of file: String) -> String? {
    guard let text = text(of: file), let line = text.line(number) else { return nil }
    let before = number > 1 ? text.line(number - 1) : nil
    return Secrecy.redacted(line, after: before ?? "")
  }

  private mutating func text(of file: String) -> Text? {
    if let text = texts[file] { return text }
    let octets = try? library.read(file)
    let text = octets.flatMap { try? Text($0) }
    texts[file] = .some(text)
    return text
  }
}
