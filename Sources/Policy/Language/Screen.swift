/// A look at the text before YAML reads it. What could make a small file cost more than its size
/// says is refused here, because the YAML library has no guard against it: aliases (a bomb of them
/// grows without bound), depth, and the number of nodes. So are the parts of YAML that no policy
/// needs: tags, block texts, directives, texts over several lines.
///
/// It knows just enough of YAML to tell where a value begins. Where it takes a text for the
/// beginning of a value that YAML would not, it refuses more, and never less; every state ends with
/// its line.
struct Screen {
  private let text: Text
  private var place = 0
  /// Where the line at hand ends.
  private var end = 0
  private var flow = 0
  private var nodes = 0
  private(set) var findings: Findings
  /// Whether there was nothing to tell. How many findings there are would not say it: they may have
  /// no room for more.
  private var isClean = true

  private init(_ text: Text, _ findings: Findings) {
    self.text = text
    self.findings = findings
  }

  /// - Returns: whether YAML may read the text; else `findings` says why not, if it has room.
  static func passes(_ text: Text, into findings: inout Findings) -> Bool {
    var screen = Screen(text, findings)
    let isWhole = screen.run()
    findings = screen.findings
    return isWhole && screen.isClean
  }

  private var octet: UInt8 { text.bytes[place] }

  private func isBlank(at place: Int) -> Bool {
    place >= end || text.bytes[place] == 0x20 || text.bytes[place] == 0x09
  }

  private mutating func run() -> Bool {
    while place < text.bytes.count {
      end = place
      while end < text.bytes.count, text.bytes[end] != 0x0a, text.bytes[end] != 0x0d { end += 1 }
      guard line() else { return false }
      place = end + 1
    }
    return true
  }

  /// - Returns: whether it is worth going on.
  private mutating func line() -> Bool {
    if place < end, octet == 0x25 {  // %
      tell("directives are not part of the policy language")
      return true
    }
    let marker = text.bytes[place..<min(place + 3, end)]
    if marker.elementsEqual("---".utf8) || marker.elementsEqual("...".utf8), isBlank(at: place + 3)
    {
      place += 3
    }
    while place < end {
      guard value() else { return false }
    }
    return true
  }

  /// Takes what stands at the beginning of a value.
  private mutating func value() -> Bool {
    if isBlank(at: place) {
      place += 1
      return true
    }
    nodes += 1
    guard nodes <= Limits.nodes else {
      return refuse("a policy has at most \(Limits.nodes) values")
    }
    switch octet {
    case 0x23:  // #
      place = end
      return true
    case 0x22, 0x27: return quoted()
    case 0x5b, 0x7b: return open()
    case 0x5d, 0x7d:
      flow = max(0, flow - 1)
      place += 1
      return true
    default:
      guard !isStructure else {
        place += 1
        return true
      }
      return indicator() ?? plain()
    }
  }

  /// Whether one of `-`, `:`, `?` and `,` stands here as a sign of YAML's own.
  private var isStructure: Bool {
    switch octet {
    case 0x2d: isBlank(at: place + 1)
    case 0x3a, 0x3f: flow > 0 || isBlank(at: place + 1)
    case 0x2c: flow > 0
    default: false
    }
  }

  private mutating func indicator() -> Bool? {
    switch octet {
    case 0x26: pass("anchors (`&`) are not part of the policy language")
    case 0x2a:
      pass("aliases (`*`) are not part of the policy language; a text with `*` is quoted")
    case 0x21: pass("tags (`!`) are not part of the policy language")
    case 0x7c, 0x3e: refuse("block texts (`|`, `>`) are not part of the policy language")
    default: nil
    }
  }

  private mutating func open() -> Bool {
    flow += 1
    guard flow <= Limits.depth else {
      return refuse("lists and mappings stand at most \(Limits.depth) deep")
    }
    place += 1
    return true
  }

  /// A quoted text up to its end, which must stand on its line.
  private mutating func quoted() -> Bool {
    let start = place
    let quote = octet
    place += 1
    while place < end {
      if octet == 0x5c, quote == 0x22 {
        place += 2
      } else if octet == quote {
        place += 1
        // Two single quotes within a text are one.
        guard quote == 0x27, place < end, octet == quote else { return true }
        place += 1
      } else {
        place += 1
      }
    }
    place = start
    return refuse("a quoted text must end on its line")
  }

  /// A text without quotes, up to what ends it: `: `, ` #`, and within brackets the indicators of
  /// YAML's flow style.
  private mutating func plain() -> Bool {
    place += 1
    while place < end {
      if endsPlain { return true }
      place += 1
    }
    return true
  }

  private var endsPlain: Bool {
    switch octet {
    case 0x3a: isBlank(at: place + 1)
    case 0x23: isBlank(at: place - 1)
    case 0x2c, 0x3f, 0x5b, 0x5d, 0x7b, 0x7d: flow > 0
    default: false
    }
  }

  private mutating func tell(_ message: String) {
    isClean = false
    findings.add(.unreadable, text.place(of: place), message)
  }

  /// Tells of a word that leaves no doubt where the next one begins: all of them are shown.
  private mutating func pass(_ message: String) -> Bool {
    tell(message)
    while place < end, !isBlank(at: place) { place += 1 }
    return true
  }

  /// Tells of what makes the rest of the text a guess.
  private mutating func refuse(_ message: String) -> Bool {
    tell(message)
    return false
  }
}
