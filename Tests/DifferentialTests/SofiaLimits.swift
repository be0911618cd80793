/// What is lawful and yet more than sofia-sip (1.12.11) takes. There is nothing else: what it
/// refuses must be read by it once these are written in another way, in what was received and in
/// what was sent alike, and is compared so.
enum SofiaLimit: String, CaseIterable, Hashable, Sendable {
  /// Its strings are those of C: a NUL, which a quoted pair may hold, ends the message.
  case nul = "NUL in a quoted pair"
  /// It reads a method of `unreserved` octets only, not of all that a token has; and one that
  /// begins as a known method does, but is shorter, is read together with what follows it.
  case method = "a method that is no usual word"
  /// A fold is no white space to it where an addr-spec without brackets, or a media type, ends.
  case fold = "a fold behind an addr-spec or a media type"
  /// In a list of identities (RFC 3325 §9) no TAB or fold may stand before the comma, behind the
  /// port or the IPv6 reference of an addr-spec without brackets.
  case blankBeforeComma = "a TAB or fold behind an addr-spec in a list of identities"
  /// In a list of Call-IDs it takes a DQUOTE for the beginning of a quoted string.
  case quotedCallID = "a DQUOTE in a Call-ID of In-Reply-To"
  /// It knows no quoted pair in a comment, so that `\(` opens another one.
  case pairInComment = "a quoted pair in the comment of Retry-After"

  /// The limits by which all that sofia-sip did not understand is explained; `nil` where that
  /// cannot be.
  static func explaining(_ dump: Dump, of octets: [UInt8]) -> Set<SofiaLimit>? {
    if dump.isWhole { return [] }
    let message = RawMessage(octets)
    if message.lines.contains(where: { $0.contains(0) }) { return [.nul] }
    if dump.startLine.isEmpty { return message.isRequest ? [.method] : nil }
    var limits: Set<SofiaLimit> = []
    for field in dump.fields where field.value == nil {
      switch field.name {
      case "CSeq", "RAck": limits.insert(.method)
      case "Accept", "Content-Type", "Contact", "From", "To", "Refer-To", "Referred-By",
        "Reply-To":
        limits.insert(.fold)
      case "P-Asserted-Identity", "P-Preferred-Identity": limits.insert(.blankBeforeComma)
      case "In-Reply-To": limits.insert(.quotedCallID)
      case "Retry-After": limits.insert(.pairInComment)
      default: return nil
      }
    }
    return limits
  }

  /// The message as sofia-sip can take it: the same change for the same octets, wherever they are.
  func rewrite(_ octets: [UInt8]) -> [UInt8] {
    var message = RawMessage(octets)
    switch self {
    case .nul:
      message.lines = message.lines.map { $0.map { $0 == 0 ? UInt8(ascii: "0") : $0 } }
    case .method:
      if message.isRequest { message.lines[0] = Self.plain(message.lines[0], firstWord: true) }
      message.change(["CSeq", "RAck"]) { Self.plain($0, firstWord: false) }
    case .fold:
      message.lines = message.lines.map { $0.map { $0 == 0x0d || $0 == 0x0a ? 0x20 : $0 } }
    // The others as headers that it does not know.
    case .blankBeforeComma:
      message.change(["P-Asserted-Identity", "P-Preferred-Identity"]) { Array("X-".utf8) + $0 }
    case .quotedCallID: message.change(["In-Reply-To"]) { Array("X-".utf8) + $0 }
    case .pairInComment: message.change(["Retry-After"]) { Array("X-".utf8) + $0 }
    }
    return message.octets
  }

  private static let usual: Set<String> = [
    "INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "REGISTER", "INFO", "PRACK", "UPDATE", "MESSAGE",
    "SUBSCRIBE", "NOTIFY", "REFER", "PUBLISH",
  ]

  /// The first or last word of a line, in letters, digits and hyphens behind an X, unless it is a
  /// method that everybody knows.
  private static func plain(_ line: [UInt8], firstWord: Bool) -> [UInt8] {
    let isBlank = { (octet: UInt8) in octet <= 0x20 }
    let start = firstWord ? 0 : (line.lastWordStart ?? 0)
    let end = line[start...].firstIndex(where: isBlank) ?? line.endIndex
    if usual.contains(String(decoding: line[start..<end], as: UTF8.self)) { return line }
    let word = line[start..<end].map { octet -> UInt8 in
      let letter = octet | 0x20
      let isPlain = (0x61...0x7a).contains(letter) || (0x30...0x39).contains(octet)
      return isPlain ? octet : UInt8(ascii: "-")
    }
    return line[..<start] + [UInt8(ascii: "X")] + word + line[end...]
  }
}

extension [UInt8] {
  /// Where the last run of octets begins that are no white space.
  fileprivate var lastWordStart: Int? {
    guard let last = lastIndex(where: { $0 > 0x20 }) else { return nil }
    return (self[..<last].lastIndex { $0 <= 0x20 } ?? -1) + 1
  }
}

/// A message as its lines: the start line, then one for each header field with its folds.
struct RawMessage {
  var lines: [[UInt8]] = []
  /// What follows the empty line.
  var body: [UInt8] = []

  init(_ octets: [UInt8]) {
    var start = octets.firstIndex { $0 != 0x0d && $0 != 0x0a } ?? octets.endIndex
    var place = start
    while place + 1 < octets.count {
      guard octets[place] == 0x0d, octets[place + 1] == 0x0a else {
        place += 1
        continue
      }
      if place == start { break }
      let next = place + 2 < octets.count ? octets[place + 2] : 0
      if next != 0x20, next != 0x09 {
        lines.append(Array(octets[start..<place]))
        start = place + 2
      }
      place += 2
    }
    body = Array(octets[min(start + 2, octets.count)...])
  }

  var octets: [UInt8] { lines.flatMap { $0 + [0x0d, 0x0a] } + [0x0d, 0x0a] + body }

  var isRequest: Bool {
    guard let first = lines.first else { return false }
    return !String(decoding: first.prefix(4), as: UTF8.self).lowercased().hasPrefix("sip/")
  }

  private static let fullNames: [String: String] = {
    let fields = Field.all.compactMap { field in field.compact.map { ($0, field.name) } }
    let essentials = [("v", "via"), ("f", "from"), ("t", "to"), ("i", "call-id")]
    let all = fields + essentials + [("l", "content-length")]
    return Dictionary(uniqueKeysWithValues: all.map { ($0, $1.lowercased()) })
  }()

  /// The name of the header field in a line, in full and in lower case.
  func name(_ place: Int) -> String? {
    guard place > 0 else { return nil }
    let text = String(decoding: lines[place].prefix { $0 != 0x3a }, as: UTF8.self)
    let name = text.prefix { $0 != " " && $0 != "\t" }.lowercased()
    return Self.fullNames[name] ?? name
  }

  /// Changes the header fields of these names.
  mutating func change(_ names: [String], _ change: ([UInt8]) -> [UInt8]) {
    let names = names.map { $0.lowercased() }
    for place in lines.indices where names.contains(name(place) ?? "") {
      lines[place] = change(lines[place])
    }
  }
}
