/// Messages as texts that show every octet: the markup of RFC 4475 §2.
///
/// Lines that begin with `# ` at the head of a text are comments. Of what follows them every line
/// ends as CRLF on the wire, and these tags stand for what a text cannot show:
///
///     <allOneLine>             lines up to </allOneLine> are one; each tag has a line of its own
///     <repeat count=3>ab</repeat>   ababab
///     <hex>0D 0A</hex>         octets; blanks and line ends between them count for nothing
///     <end>                    the message ends here, and no CRLF is put before it
///
/// What stands behind `<end>` counts for nothing, a `</allOneLine>` too. Tabs, spaces at the end of
/// a line and what is no printable ASCII cannot be seen, and are an error; so is a text that only
/// looks like a tag, unless its first octet is `<hex>3C</hex>`.
package enum Markup {
  /// The octets that a text stands for.
  /// - Throws: what is wrong with the text, and in which line; or that it stands for more than
  ///   `largest` octets.
  package static func expand(_ text: [UInt8]) throws(Fault) -> [UInt8] {
    var expansion = Expansion(text)
    try expansion.run()
    return expansion.octets
  }

  /// Octets that a text may stand for: many datagrams' worth, and little memory.
  package static let largest = 1 << 20

  /// Why a text stands for no message.
  package struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where, from 1.
    package var line: Int
    /// What.
    package var cause: Cause

    package init(line: Int, cause: Cause) {
      self.line = line
      self.cause = cause
    }

    package var description: String { "\(line): error: \(cause)" }
  }

  /// What is wrong with a text.
  package enum Cause: Hashable, Sendable {
    /// It is opened here, and its end does not follow.
    case unclosed(Tag)
    /// It ends here, and was not opened.
    case unopened(Tag)
    /// The first is opened within the second.
    case nested(Tag, within: Tag)
    /// Other octets share the line of the tag.
    case notAlone(Tag)
    /// What stands in `<hex>`: this octet is no digit, or `nil`: half an octet is left over.
    case digits(UInt8?)
    /// After `<repeat` stands no ` count=`, a number of at most six digits and `>`.
    case count
    /// An octet that no editor shows: a tab, or what is no printable ASCII.
    case unseen(UInt8)
    /// `<end>` at the beginning of a line: it stands right behind the last octet.
    case endAlone
    /// There is no message.
    case nothing
    /// It stands for more than `largest` octets.
    case tooLarge
  }

  /// What is opened and closed.
  package enum Tag: String, Hashable, Sendable, CaseIterable {
    case allOneLine, `repeat`, hex
  }
}

extension Markup.Cause: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unclosed(let tag): "`<\(tag.rawValue)>` is not closed"
    case .unopened(let tag): "`</\(tag.rawValue)>` closes what was not opened"
    case .nested(let tag, let outer): "`<\(tag.rawValue)>` within `<\(outer.rawValue)>`"
    case .notAlone(let tag): "`<\(tag.rawValue)>` and its end have a line of their own"
    case .digits(let octet?): "\(Self.name(octet)) is no hexadecimal digit"
    case .digits(nil): "half an octet is left over in `<hex>`"
    case .count: "a repetition is `<repeat count=N>`, with up to six digits"
    case .unseen(let octet): "\(Self.name(octet)) cannot be seen: write it as `<hex>`"
    case .endAlone: "`<end>` stands right behind the last octet, not in a line of its own"
    case .nothing: "there is no message"
    case .tooLarge: "it stands for more than \(Markup.largest) octets"
    }
  }

  private static func name(_ octet: UInt8) -> String {
    guard !(0x21...0x7e).contains(octet) else {
      return "`\(Character(Unicode.Scalar(octet)))`"
    }
    return "the octet 0x\(octet < 0x10 ? "0" : "")\(String(octet, radix: 16))"
  }
}
