import Basics
import Foundation
import Rehearsal
import Testing

/// What an element may do wrong to a message that it forwards, each where nothing is its own.
enum Spoiling: CaseIterable, CustomTestStringConvertible {
  case dropsHeader, repeatsHeader, swapsHeaders, changesValue, changesStartLine
  case changesBody, cutsBody, addsToBody, dropsOwnVia

  var testDescription: String { "\(self)" }

  /// The message spoilt; `nil` where it has nothing to spoil.
  func spoil(_ octets: [UInt8], _ chance: inout Chance) -> [UInt8]? {
    var message = RawMessage(octets)
    let places = message.lines.indices.filter { message.isForeign($0) }
    switch self {
    case .dropsHeader:
      guard let place = places.randomElement(using: &chance) else { return nil }
      message.lines.remove(at: place)
    case .repeatsHeader:
      guard let place = places.randomElement(using: &chance) else { return nil }
      message.lines.insert(message.lines[place], at: place)
    case .swapsHeaders:
      let pairs = places.filter { places.contains($0 + 1) }
      guard let place = pairs.randomElement(using: &chance) else { return nil }
      message.lines.swapAt(place, place + 1)
    case .changesValue:
      // Of a date sofia-sip reads no day of the week.
      let places = places.filter { message.name($0) != "date" }
      guard let place = places.randomElement(using: &chance) else { return nil }
      message.lines[place] = Self.changed(message.lines[place], after: 0x3a, &chance)
    case .changesStartLine:
      message.lines[0] = Self.changed(message.lines[0], after: 0x20, &chance)
    case .changesBody:
      guard let place = message.body.indices.randomElement(using: &chance) else { return nil }
      message.body[place] ^= 1 << UInt8(chance.below(8))
    case .cutsBody:
      guard !message.body.isEmpty, !message.saysLength else { return nil }
      message.body.removeLast()
    case .addsToBody:
      guard !message.saysLength else { return nil }
      message.body.append(UInt8(chance.below(256)))
    case .dropsOwnVia:
      guard message.isRequest else { return nil }
      message.lines.remove(at: 1)
    }
    return message.octets
  }

  /// Another letter or digit in the place of one behind a mark.
  private static func changed(
    _ line: [UInt8], after mark: UInt8, _ chance: inout Chance
  ) -> [UInt8] {
    let start = line.firstIndex(of: mark) ?? 0
    let places = line.indices.filter { place in
      place > start && ((0x61...0x79).contains(line[place]) || (0x30...0x38).contains(line[place]))
    }
    guard let place = places.randomElement(using: &chance) else { return line }
    var line = line
    line[place] += 1
    return line
  }
}

extension RawMessage {
  /// Whether a line is a header field that no proxy owns, that says something, and of whose name
  /// there is no other: sofia-sip makes one list of several.
  fileprivate func isForeign(_ place: Int) -> Bool {
    guard place > 0, let name = name(place), !Self.owned.contains(name) else { return false }
    let value = lines[place].drop { $0 != 0x3a }.dropFirst()
    return value.contains { $0 > 0x20 }
      && !lines.indices.contains { $0 != place && self.name($0) == name }
  }

  fileprivate var saysLength: Bool {
    lines.indices.contains { name($0) == "content-length" }
  }

  private static let owned: Set<String> = [
    "via", "route", "record-route", "max-forwards", "max-breadth", "content-length",
  ]
}

@Suite("What an element would spoil is noticed")
struct SpoiltIsNoticed {
  private static let pairs = (1...3).flatMap { Traffic.pairs(seed: $0, atLeast: 200).0 }
    .filter { ["request", "response"].contains($0.way.name) }

  @Test("each kind of spoiling, in any message", arguments: Spoiling.allCases)
  func spoilt(_ spoiling: Spoiling) throws {
    var chance = Chance(seed: 7)
    let sofia = try Sofia.shared()
    let spoilt = Self.pairs.compactMap { pair in
      spoiling.spoil(pair.sent, &chance).flatMap { octets in
        octets == pair.sent ? nil : Pair(way: pair.way, received: pair.received, sent: octets)
      }
    }
    #expect(spoilt.count > 20)
    var judgement = Judgement(sofia)
    try judgement.judge(spoilt)
    var unnoticed: [Pair] = []
    if judgement.faults.count < spoilt.count {
      unnoticed = try spoilt.filter { pair in
        var judgement = Judgement(sofia)
        try judgement.judge([pair])
        return judgement.faults.isEmpty
      }
    }
    for pair in unnoticed.prefix(3) {
      Issue.record("\(pair.messages.map { String(decoding: $0, as: UTF8.self) })")
    }
  }

  @Test(
    "what sofia-sip refuses and nobody has explained",
    arguments: [
      "Date: tomorrow", "Expires: soon", "CSeq: 1", "Supported: a b", "X-\u{1}: b",
      "Content-Length: x",
    ])
  func unexplained(line: String) throws {
    let head = [
      "SIP/2.0 200 OK", "Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKa", "From: <sip:a@b>;tag=1",
      "To: <sip:b@c>;tag=2", "Call-ID: c", line, "", "",
    ]
    let octets = Array(head.joined(separator: "\r\n").utf8)
    let sofia = try Sofia.shared()
    var judgement = Judgement(sofia)
    try judgement.judge([Pair(way: .response, received: octets, sent: octets)])
    #expect(judgement.faults.count == 1)
  }

  @Test("a request that is not the one that came, though it is sound")
  func exchanged() throws {
    let requests = Self.pairs.filter { $0.way.name == "request" }
    // One that went to two targets is one.
    let others = zip(requests, requests.dropFirst()).compactMap { one, other in
      one.received == other.received
        ? nil : Pair(way: one.way, received: one.received, sent: other.sent)
    }
    let sofia = try Sofia.shared()
    var judgement = Judgement(sofia)
    try judgement.judge(others)
    #expect(judgement.faults.count == others.count)
  }
}
