import Basics
import Rehearsal

/// Texts of random shape by the grammar of RFC 3261 §25.1, which follow from a seed alone. All of
/// it is lawful: an element that refuses what is written here has a fault, or a limit.
struct Grammar {
  var chance: Chance
  /// How often in a thousand times something is written oddly, though lawfully: white space, folds,
  /// case, escapes. Chosen anew for each message, so that plain ones are met as well.
  var oddness = 0

  init(seed: UInt64) { chance = Chance(seed: seed) }

  /// Begins a message of its own oddness.
  mutating func begin() { oddness = [0, 20, 80, 300][below(4)] }

  // MARK: Choices

  mutating func below(_ bound: Int) -> Int { chance.below(bound) }
  mutating func number(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.count)
  }
  mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }
  mutating func isOdd() -> Bool { chance.happens(perMille: oddness) }

  mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[below(choices.count)] }

  /// Several of them, one after the other.
  mutating func several(
    _ count: ClosedRange<Int>, by separator: String = "", _ one: (inout Grammar) -> String
  ) -> String {
    var text = ""
    for place in 0..<number(count) {
      if place > 0 { text += separator }
      text += one(&self)
    }
    return text
  }

  /// Octets of an alphabet.
  mutating func run(_ count: ClosedRange<Int>, of alphabet: [String]) -> String {
    several(count) { $0.pick(alphabet) }
  }

  // MARK: White space

  private static let folds = [" ", "\t", "  ", " \t ", "\r\n ", " \r\n\t", "\t\r\n  "]

  /// `SWS`, which is nothing nearly always.
  mutating func sws() -> String { isOdd() ? pick(Self.folds) : "" }
  /// `LWS`, which is one space nearly always.
  mutating func lws() -> String { isOdd() ? pick(Self.folds) : " " }
  /// A mark with the white space that may stand around it.
  mutating func spaced(_ mark: String) -> String { sws() + mark + sws() }
  mutating func semi() -> String { spaced(";") }
  mutating func equal() -> String { spaced("=") }
  mutating func comma() -> String { isOdd() ? spaced(",") : pick([",", ", "]) }
  /// `*( SP / HTAB ) ":" SWS`
  mutating func colonOfName() -> String {
    guard isOdd() else { return ": " }
    return pick(["", "", " ", "\t", "  "]) + ":" + (oneIn(3) ? "" : pick(Self.folds))
  }

  // MARK: Words

  static let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".map(String.init)
  static let digits = "0123456789".map(String.init)
  static let alphanumeric = letters + digits
  static let hex = "0123456789abcdefABCDEF".map(String.init)
  static let tokenMarks = "-.!%*_+`'~".map(String.init)
  static let wordMarks = tokenMarks + "()<>:\\\"/[]?{}".map(String.init)
  /// Of one to four octets in UTF-8, at the ends of what each length can say.
  static let foreign = [
    "ü", "é", "ß", "Ж", "漢", "字", "\u{80}", "\u{7ff}", "\u{800}", "\u{fffd}", "😀", "\u{10ffff}",
  ]

  mutating func token(_ count: ClosedRange<Int> = 1...9) -> String {
    run(count, of: oneIn(6) ? Self.alphanumeric + Self.tokenMarks : Self.alphanumeric)
  }
  mutating func word(_ count: ClosedRange<Int> = 1...12) -> String {
    run(count, of: oneIn(4) ? Self.alphanumeric + Self.wordMarks : Self.alphanumeric)
  }
  mutating func figures(_ count: ClosedRange<Int>) -> String { run(count, of: Self.digits) }

  /// A number below 2³¹, with leading zeros at times.
  mutating func seconds() -> String { (isOdd() ? "00" : "") + String(below(1 << below(32))) }

  /// The same letters, some of them in the other case.
  mutating func recased(_ text: String) -> String {
    guard isOdd() else { return text }
    return pick([text.lowercased(), text.uppercased()])
  }

  private static let quotedMarks = "!#$%&'()*+,-./:;<=>?@[]^_`{|}~".map(String.init)
  private static let quotedOctets = alphanumeric + quotedMarks + [" ", " "]

  /// `DQUOTE *(qdtext / quoted-pair ) DQUOTE`
  mutating func quoted(_ count: ClosedRange<Int> = 0...12) -> String {
    let text = several(count) { grammar in
      switch grammar.below(40) {
      case 0: grammar.quotedPair()
      case 1: grammar.pick(Grammar.foreign)
      case 2: grammar.lws()
      case 3...12: grammar.pick(Grammar.quotedOctets)
      default: grammar.pick(Grammar.alphanumeric)
      }
    }
    return "\"\(text)\""
  }

  /// `"\" (%x00-09 / %x0B-0C / %x0E-7F)`
  mutating func quotedPair() -> String {
    var octet = oneIn(8) ? below(0x20) : number(0x20...0x7f)
    if octet == 0x0a || octet == 0x0d { octet = 0x22 }
    return "\\" + String(Unicode.Scalar(UInt8(octet)))
  }

  /// `LPAREN *(ctext / quoted-pair / comment) RPAREN`
  mutating func comment(depth: Int = 0) -> String {
    let inner = several(0...8) { grammar in
      switch grammar.below(24) {
      case 0: grammar.quotedPair()
      case 1: grammar.pick(Grammar.foreign)
      case 2: grammar.lws()
      case 3 where depth < 3: grammar.comment(depth: depth + 1)
      case 4: grammar.pick(["\"", ",", ";", "<", "=", "'"])
      default: grammar.token(1...4)
      }
    }
    return "(" + sws() + inner + sws() + ")"
  }

  private static let textMarks = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".map(String.init)

  /// `TEXT-UTF8-TRIM`
  mutating func text() -> String {
    several(1...6) { grammar in
      let alphabet =
        grammar.oneIn(3) ? Grammar.alphanumeric + Grammar.textMarks : Grammar.alphanumeric
      let word = grammar.run(1...7, of: alphabet)
      return (grammar.oneIn(6) ? grammar.pick(Grammar.foreign) : "") + word
        + (grammar.oneIn(2) ? grammar.lws() + grammar.token(1...4) : "")
    }
  }

  // MARK: Parameters

  private static let reserved: Set<String> = [
    "tag", "branch", "received", "rport", "maddr", "ttl", "expires", "transport", "user", "method",
    "lr", "index", "purpose", "handling", "duration", "reason", "cause", "refresher", "boundary",
  ]

  /// The name of a parameter that nobody knows.
  mutating func unknownName() -> String {
    while true {
      let name = token(2...8)
      if !Self.reserved.contains(name.lowercased()) { return name }
    }
  }

  /// `token / host / quoted-string`
  mutating func genericValue() -> String {
    switch below(6) {
    case 0: quoted()
    case 1: host()
    default: token()
    }
  }

  /// `token [ EQUAL gen-value ]`
  mutating func genericParameter() -> String {
    unknownName() + (oneIn(3) ? "" : equal() + genericValue())
  }

  /// Some of the known parameters, and some that nobody knows, in any order.
  mutating func parameters(_ known: [String] = [], atMost: Int = 2) -> String {
    var all = known.filter { _ in oneIn(2) }
    for _ in 0..<below(atMost + 1) { all.append(genericParameter()) }
    all.shuffle(using: &chance)
    return all.map { semi() + $0 }.joined()
  }

  /// A parameter that has a meaning, its name in any case.
  mutating func known(_ name: String, _ value: String? = nil) -> String {
    recased(name) + (value.map { equal() + $0 } ?? "")
  }

  /// `( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )`
  mutating func quality() -> String {
    pick(["0", "1", "0.", "1.000", "0.5", "0.\(figures(1...3))", "1.0"])
  }
}
