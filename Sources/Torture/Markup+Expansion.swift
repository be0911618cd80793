/// One walk over a text in markup.
struct Expansion {
  private let text: [UInt8]
  private var place = 0
  private var line = 1
  /// The message, as far as it is read.
  private(set) var octets: [UInt8] = []
  /// The line of an `<allOneLine>` that is not closed yet.
  private var oneLine: Int?
  private var repetition: Repetition?

  /// A `<repeat>` that is not closed yet.
  private struct Repetition {
    let line: Int
    let count: Int
    /// Where in the message its first octet stands.
    let start: Int
  }

  init(_ text: [UInt8]) { self.text = text }

  mutating func run() throws(Markup.Fault) {
    skipComments()
    let start = place
    var isEnded = false
    while place < text.count, !isEnded {
      if take("<end>") {
        try end()
        isEnded = true
      } else {
        try step()
      }
    }
    if !isEnded, place > start, text[place - 1] != 0x0a { try endLine() }
    if let oneLine, !isEnded { throw fault(.unclosed(.allOneLine), at: oneLine) }
    if let repetition { throw fault(.unclosed(.repeat), at: repetition.line) }
    if octets.isEmpty { throw fault(.nothing) }
  }

  private mutating func skipComments() {
    while take("# ") {
      while place < text.count, text[place] != 0x0a { place += 1 }
      if place < text.count { place += 1 }
      line += 1
    }
  }

  private mutating func step() throws(Markup.Fault) {
    if take("<allOneLine>") {
      try openLine()
    } else if take("</allOneLine>") {
      try closeLine()
    } else if take("<repeat") {
      try openRepetition()
    } else if take("</repeat>") {
      try closeRepetition()
    } else if take("<hex>") {
      try readHex()
    } else if take("</hex>") {
      throw fault(.unopened(.hex))
    } else {
      try readOctet()
    }
  }

  private mutating func readOctet() throws(Markup.Fault) {
    let octet = text[place]
    place += 1
    if octet == 0x0a {
      if oneLine == nil { try endLine() }
      line += 1
      return
    }
    let isLast = place == text.count || text[place] == 0x0a
    guard (0x20...0x7e).contains(octet), octet != 0x20 || !isLast else {
      throw fault(.unseen(octet))
    }
    try append([octet])
  }

  // MARK: Tags

  /// Both of its tags have a line of their own, so that the lines between them are whole.
  private mutating func openLine() throws(Markup.Fault) {
    guard repetition == nil else { throw fault(.nested(.allOneLine, within: .repeat)) }
    guard oneLine == nil else { throw fault(.nested(.allOneLine, within: .allOneLine)) }
    guard isAlone("<allOneLine>") else { throw fault(.notAlone(.allOneLine)) }
    guard place < text.count else { throw fault(.unclosed(.allOneLine)) }
    oneLine = line
    place += 1
    line += 1
  }

  private mutating func closeLine() throws(Markup.Fault) {
    guard oneLine != nil else { throw fault(.unopened(.allOneLine)) }
    if let repetition { throw fault(.unclosed(.repeat), at: repetition.line) }
    guard isAlone("</allOneLine>") else { throw fault(.notAlone(.allOneLine)) }
    oneLine = nil
    // The line end behind the tag is that of the line. Where none follows, `run` ends it.
  }

  /// Whether the tag that was just taken fills its line.
  private func isAlone(_ tag: String) -> Bool {
    let start = place - tag.utf8.count
    return (start == 0 || text[start - 1] == 0x0a) && (place == text.count || text[place] == 0x0a)
  }

  private mutating func openRepetition() throws(Markup.Fault) {
    guard repetition == nil else { throw fault(.nested(.repeat, within: .repeat)) }
    guard take(" count=") else { throw fault(.count) }
    let digits = text[place...].prefix(7).prefix { (0x30...0x39).contains($0) }
    place += digits.count
    guard (1...6).contains(digits.count), take(">") else { throw fault(.count) }
    let count = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    repetition = Repetition(line: line, count: count, start: octets.count)
  }

  private mutating func closeRepetition() throws(Markup.Fault) {
    guard let closed = repetition else { throw fault(.unopened(.repeat)) }
    repetition = nil
    let once = Array(octets[closed.start...])
    octets.removeSubrange(closed.start...)
    guard once.count * closed.count <= Markup.largest else { throw fault(.tooLarge) }
    for _ in 0..<closed.count { try append(once) }
  }

  private mutating func readHex() throws(Markup.Fault) {
    let start = line
    var high: UInt8?
    while !take("</hex>") {
      guard place < text.count else { throw fault(.unclosed(.hex), at: start) }
      let octet = text[place]
      place += 1
      if octet == 0x0a { line += 1 }
      if octet == 0x0a || octet == 0x20 { continue }
      guard let digit = Character(Unicode.Scalar(octet)).hexDigitValue else {
        throw fault(.digits(octet))
      }
      if let first = high {
        try append([first << 4 | UInt8(digit)])
        high = nil
      } else {
        high = UInt8(digit)
      }
    }
    guard high == nil else { throw fault(.digits(nil)) }
  }

  private mutating func end() throws(Markup.Fault) {
    let start = place - 5
    guard start > 0, text[start - 1] != 0x0a else { throw fault(.endAlone) }
  }

  // MARK: Octets

  /// Takes the octets that stand here, if they are these.
  private mutating func take(_ tag: String) -> Bool {
    let count = tag.utf8.count
    guard text.count - place >= count, tag.utf8.elementsEqual(text[place..<place + count]) else {
      return false
    }
    place += count
    return true
  }

  private mutating func endLine() throws(Markup.Fault) { try append([0x0d, 0x0a]) }

  private mutating func append(_ more: [UInt8]) throws(Markup.Fault) {
    guard octets.count + more.count <= Markup.largest else { throw fault(.tooLarge) }
    octets += more
  }

  private func fault(_ cause: Markup.Cause, at place: Int? = nil) -> Markup.Fault {
    Markup.Fault(line: place ?? line, cause: cause)
  }
}
