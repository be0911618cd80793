/// Where mutants are played over a network: their sound parts name these places, and not those of
/// the quickstart on the loopback. So nothing that is whole in them leads to strangers.
package struct Setting: Sendable {
  /// The address and port of whoever sends them, as a Via has it.
  package var own: String
  /// Those of the element.
  package var target: String
  /// Those of the next hop behind it, or of whoever sends them where there is none.
  package var hop: String
  /// Whether they go by a stream, which their Via says then.
  package var isStream: Bool
  /// Stands behind the number in each, in Call-ID, branch and tags: so what comes back names its
  /// mutant, and no two runs have a transaction in common. It begins with no digit.
  package var mark: String

  package init(own: String, target: String, hop: String, isStream: Bool, mark: String) {
    self.own = own
    self.target = target
    self.hop = hop
    self.isStream = isStream
    self.mark = mark
  }

  /// Puts the places where the templates have those of the quickstart.
  func place(into octets: inout [UInt8]) {
    if isStream { Self.replace("UDP 127.0.0.2:5060", with: "TCP \(own)", in: &octets) }
    Self.replace("127.0.0.2:5060", with: own, in: &octets)
    Self.replace("127.0.0.1:5060", with: target, in: &octets)
    for text in ["127.0.0.1:5070", "127.0.0.1:5071", "10.9.9.9"] {
      Self.replace(text, with: hop, in: &octets)
    }
  }

  private static func replace(_ text: String, with other: String, in octets: inout [UInt8]) {
    let (text, other) = (Array(text.utf8), Array(other.utf8))
    guard text != other else { return }
    var place = 0
    while place + text.count <= octets.count {
      if octets[place] == text[0], octets[place..<place + text.count].elementsEqual(text) {
        octets.replaceSubrange(place..<place + text.count, with: other)
        place += other.count
      } else {
        place += 1
      }
    }
  }

  /// The number of the mutant that a message belongs to; `nil` where it does not show one.
  package func number(in octets: [UInt8]) -> Int? {
    let mark = Array(mark.utf8)
    for place in octets.indices
    where octets[place] == mark[0] && octets[place...].starts(with: mark) {
      let digits = octets[..<place].suffix(10).reversed().prefix { (0x30...0x39).contains($0) }
      if let number = Int(String(decoding: digits.reversed(), as: UTF8.self)) { return number }
    }
    return nil
  }
}
