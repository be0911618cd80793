/// The text of a policy, known to be UTF-8 without control characters, and where its lines begin.
struct Text {
  let bytes: [UInt8]
  /// Which of the policy's files it is.
  let file: Int
  private let lines: [Int]

  /// - Throws: what the octets are instead of text, and where.
  init(_ octets: [UInt8], file: Int = 0) throws(Misplaced) {
    self.file = file
    // A byte order mark is no part of the text.
    bytes = octets.starts(with: [0xef, 0xbb, 0xbf]) ? Array(octets.dropFirst(3)) : octets
    lines = Self.lineStarts(bytes)
    guard !Self.isWide(bytes) else {
      throw Misplaced(
        place(of: 0), "this is UTF-16 or UTF-32, and a policy is UTF-8",
        remedy: "have the editor save the file as UTF-8")
    }
    if let zero = bytes.firstIndex(of: 0) {
      throw Misplaced(
        place(of: zero), "this is a binary file, not the text of a policy",
        remedy: "name the file that has the text")
    }
    if let offset = Self.firstInvalid(bytes) {
      throw Misplaced(
        place(of: offset), "this is not UTF-8", remedy: "have the editor save the file as UTF-8")
    }
    if let offset = Self.firstControl(bytes) {
      throw Misplaced(
        place(of: offset), "a control character; in a quoted text it can be written as an escape")
    }
  }

  var string: String { String(decoding: bytes, as: UTF8.self) }

  /// The place of an octet.
  func place(of offset: Int) -> Place {
    var low = 0
    var high = lines.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lines[middle] <= offset { low = middle } else { high = middle }
    }
    // Every octet but the continuations of UTF-8 begins a character.
    let column = bytes[lines[low]..<offset].count { $0 & 0xc0 != 0x80 }
    return Place(file: file, line: low + 1, column: column + 1)
  }

  var lineCount: Int { lines.count }

  /// A line, counted from 0, with what ends it.
  func range(ofLine number: Int) -> Range<Int> {
    lines[number]..<(number + 1 < lines.count ? lines[number + 1] : bytes.count)
  }

  /// The offset of a place, or `nil` for one that the text does not have.
  func offset(of place: Place) -> Int? {
    guard place.line >= 1, place.line <= lines.count else { return nil }
    var offset = lines[place.line - 1]
    var column = 1
    while column < place.column, offset < bytes.count {
      offset += 1
      while offset < bytes.count, bytes[offset] & 0xc0 == 0x80 { offset += 1 }
      column += 1
    }
    return offset
  }

  /// A line without its end, or `nil` for one that the text does not have.
  func line(_ number: Int) -> String? {
    guard number >= 1, number <= lines.count else { return nil }
    let end = number < lines.count ? lines[number] : bytes.count
    let line = bytes[lines[number - 1]..<end]
    return String(decoding: line.prefix { $0 != 0x0a && $0 != 0x0d }, as: UTF8.self)
  }

  /// The place itself, or the end of the text for one on a line that the text does not have: YAML
  /// takes a last line without an end as if it had one, and then finds faults in the line after it.
  func within(_ place: Place) -> Place {
    place.line <= lines.count ? place : self.place(of: bytes.count)
  }

  /// A line ends with LF, CR LF or CR, as YAML has it.
  private static func lineStarts(_ bytes: [UInt8]) -> [Int] {
    var starts = [0]
    for place in bytes.indices {
      let next = place + 1 < bytes.count ? bytes[place + 1] : 0
      if bytes[place] == 0x0a || bytes[place] == 0x0d && next != 0x0a { starts.append(place + 1) }
    }
    return starts
  }

  /// Whether the text begins as one does whose characters are units of two or four octets: with
  /// the mark of their order, or with a letter beside a zero.
  private static func isWide(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 2 else { return false }
    if [[0xff, 0xfe], [0xfe, 0xff]].contains([bytes[0], bytes[1]]) { return true }
    if bytes.starts(with: [0, 0, 0xfe, 0xff]) { return true }
    let isText = { (octet: UInt8) in octet == 0x0a || 0x20..<0x7f ~= octet }
    guard bytes.count >= 4 else { return false }
    return isText(bytes[0]) && bytes[1] == 0 && isText(bytes[2]) && bytes[3] == 0
      || bytes[0] == 0 && isText(bytes[1]) && bytes[2] == 0 && isText(bytes[3])
  }

  private static func firstInvalid(_ bytes: [UInt8]) -> Int? {
    do throws(UTF8.ValidationError) {
      _ = try UTF8Span(validating: bytes.span)
      return nil
    } catch {
      return error.byteOffsets.lowerBound
    }
  }

  /// Besides the controls of ASCII, those of Latin-1 and the separators U+2028 and U+2029: YAML
  /// counts some of them as ends of lines, and editors do not.
  private static func firstControl(_ bytes: [UInt8]) -> Int? {
    for place in bytes.indices {
      let octet = bytes[place]
      if octet < 0x20, octet != 0x09, octet != 0x0a, octet != 0x0d { return place }
      if octet == 0x7f { return place }
      if octet == 0xc2, bytes[place + 1] < 0xa0 { return place }
      if octet == 0xe2, bytes[place + 1] == 0x80, bytes[place + 2] & 0xfe == 0xa8 { return place }
      if octet == 0xef, bytes[place + 1] == 0xbf, bytes[place + 2] >= 0xbe { return place }
    }
    return nil
  }
}

/// What is wrong with a text at one place.
struct Misplaced: Error {
  var place: Place
  var message: String
  /// What to do about it, where it is not what is always said.
  var remedy: String?

  init(_ place: Place, _ message: String, remedy: String? = nil) {
    self.place = place
    self.message = message
    self.remedy = remedy
  }
}
