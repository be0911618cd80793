import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("DESIGN §8: whatever comes, at whatever time, nothing traps, runs over or stays")
struct RandomInputNeverBreaks {
  @Test("mutated messages, answers, failures and time at random", arguments: UInt64(1)...6)
  func randomInput(_ seed: UInt64) {
    let mischief = Mischief(seed: seed)
    for step in 0..<4000 {
      mischief.step()
      guard step % 500 == 0 else { continue }
      mischief.expectSoundness()
    }
    mischief.expectSoundness()
    mischief.expectNothingLeft()
  }
}

/// Peers that say anything at all.
final class Mischief {
  private let exchange: Exchange
  private var chance: Chance
  private var corpus: [[UInt8]] = []
  private var serial = 0

  private static let methods = [
    "INVITE", "INVITE", "INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "MESSAGE", "SUBSCRIBE",
    "NOTIFY", "PRACK", "UPDATE", "REFER", "REGISTER", "STRANGE",
  ]
  private static let statuses = [
    100, 180, 183, 200, 200, 202, 301, 302, 401, 404, 408, 481, 486, 487, 500, 503, 503, 603, 699,
  ]
  private static let words: [String] = [
    "\r\n", "\r\n\r\n", ":", ";", ",", "<", ">", "\"", "\\", "%", "%00", "@", "sip:", "sips:",
    "tel:",
    ";lr", ";transport=tcp", ";transport=ws", ";rport", ";received=", ";branch=z9hG4bK", ";tag=",
    "Route: <sip:10.0.0.1;lr>\r\n", "Route: <sip:border.example>\r\n", "Via: SIP/2.0/UDP x\r\n",
    "Content-Length: 99999999999\r\n", "Max-Forwards: 0\r\n", "[", "]", "[::1]", "4294967296",
    "-1", " ", "\t", "\u{0}", "é", "SIP/2.0", "Proxy-Require: x\r\n", "Contact: *\r\n",
  ]

  init(seed: UInt64) {
    chance = Chance(seed: seed)
    let targets = [Stage.east, Stage.second]
    var layout = Stage.layout(targets: targets) { layout, west, east in
      layout.route(from: [west], to: east, at: targets) {
        $0.failover = [503, 404]
        $0.targetTimeout = .seconds(2)
        $0.redirects = .recurse
        $0.userPrefixes = [Array("b".utf8)]
      }
    }
    layout.resolvesNames = true
    layout.callDuration = .seconds(900)
    layout.capacity.calls = 1024
    layout.capacity.transactions = 1024
    layout.capacity.shelf = 0
    exchange = Exchange(layout)
    exchange.world.link = .lossy(20)
    // Some names are answered for, the others never.
    if seed % 2 == 0 { exchange.element.names["new.example"] = endpoint(Stage.second).address }
  }

  private var anybody: Talker {
    [exchange.west, exchange.west, exchange.east, exchange.second, exchange.third][chance.below(5)]
  }

  func step() {
    switch chance.below(100) {
    case 0..<30: ask()
    case 30..<55: answer()
    case 55..<75: distort()
    case 75..<80: replay()
    case 80..<84: fail()
    case 84..<86: anybody.hangUpStreams()
    case 86..<99: exchange.pause(.milliseconds(Int64(chance.below(400))))
    default: exchange.pause(.seconds(Int64(chance.below(40))))
    }
    exchange.pause(.milliseconds(Int64(chance.below(8))))
    if chance.below(50) == 0 { gather() }
  }

  private func send(_ bytes: [UInt8], from talker: Talker) {
    if corpus.count < 200 { corpus.append(bytes) } else { corpus[chance.below(200)] = bytes }
    talker.send(
      bytes, to: endpoint(Layout.border), over: chance.below(3) == 0 ? .tcp : .udp)
  }

  /// Takes over what was heard, so that later requests speak within what the element believes to be
  /// calls.
  private func gather() {
    for talker in [exchange.west, exchange.east, exchange.second, exchange.third] {
      for heard in talker.heard.suffix(20) where corpus.count < 200 { corpus.append(heard.bytes) }
      talker.forget()
    }
  }

  private func ask() {
    serial += 1
    let talker = anybody
    let method = Self.methods[chance.below(Self.methods.count)]
    let known = talker.heard.isEmpty ? nil : talker.heard[chance.below(talker.heard.count)].message
    let ask = Ask(method) { ask in
      let branch = chance.below(4) == 0 ? max(serial - 1, 1) : serial
      ask.via = ["SIP/2.0/UDP \(text(talker.endpoint));branch=z9hG4bKm\(branch)"]
      if chance.below(3) == 0 { ask.via[0] += ";rport" }
      ask.callID = "m\(chance.below(20))"
      ask.number = chance.below(5)
      if chance.below(4) == 0 { ask.body = String(repeating: "b", count: chance.below(3000)) }
      guard let known, chance.below(2) == 0 else { return }
      ask.callID = known.callID
      ask.to = known["From"] ?? ask.to
      ask.from = known["To"] ?? ask.from
      let route = known.all("Record-Route")
      ask.more += (chance.below(2) == 0 ? route : route.reversed()).map { "Route: \($0)" }
      ask.uri = PlainURI(of: known["Contact"] ?? "<sip:x@10.2.0.1>").text
    }
    send(Array(ask.text.utf8), from: talker)
  }

  private func answer() {
    let talker = anybody
    let requests = talker.heard.filter(\.message.isRequest)
    guard !requests.isEmpty else { return }
    // One of the latest, most of the time: what is old has been answered, or given up.
    let latest = chance.below(4) == 0 ? requests.count : min(requests.count, 5)
    let heard = requests[requests.count - 1 - chance.below(latest)]
    let status = Self.statuses[chance.below(Self.statuses.count)]
    var response = talker.response(to: heard.message, status, tag: "t\(chance.below(3))")
    if chance.below(2) == 0 {
      let places = ["10.2.0.2", "198.51.100.1", "new.example", "10.3.0.1;transport=tcp"]
      response.add("Contact", "<sip:c\(chance.below(3))@\(places[chance.below(4)])>")
    }
    let bytes = chance.below(10) == 0 ? mutated(response.bytes) : response.bytes
    talker.reply(bytes, to: heard)
  }

  private func distort() {
    guard !corpus.isEmpty else { return }
    send(mutated(corpus[chance.below(corpus.count)]), from: anybody)
  }

  private func replay() {
    guard !corpus.isEmpty else { return }
    send(corpus[chance.below(corpus.count)], from: anybody)
  }

  private func fail() {
    let owners = exchange.element.owners
    guard !owners.isEmpty else { return }
    let owner = owners[chance.below(owners.count)] ^ (chance.below(9) == 0 ? 1 << 56 : 0)
    exchange.element.fail(owner, Loss(rawValue: UInt8(chance.below(3))) ?? .unsent)
  }

  private func mutated(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0...chance.below(4) where !bytes.isEmpty {
      let place = chance.below(bytes.count)
      let end = min(bytes.count, place + 1 + chance.below(20))
      switch chance.below(7) {
      case 0: bytes[place] = UInt8(truncatingIfNeeded: chance.next())
      case 1: bytes.removeSubrange(place..<end)
      case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 3: bytes.insert(contentsOf: Self.words[chance.below(Self.words.count)].utf8, at: place)
      case 4: bytes[place] ^= 1 << UInt8(chance.below(8))
      case 5: bytes.removeSubrange(end...)
      default: splice(&bytes, at: place)
      }
    }
    return Array(bytes.prefix(65_000))
  }

  private func splice(_ bytes: inout [UInt8], at place: Int) {
    guard let other = corpus.isEmpty ? nil : corpus[chance.below(corpus.count)], !other.isEmpty
    else { return }
    let from = chance.below(other.count)
    bytes.insert(contentsOf: other[from..<min(other.count, from + 200)], at: place)
  }

  func expectSoundness(_ place: SourceLocation = #_sourceLocation) {
    let (occupancy, faults) = (exchange.element.occupancy, exchange.element.faults)
    #expect(faults.isEmpty, "\(faults)", sourceLocation: place)
    #expect(occupancy.calls <= 1024, sourceLocation: place)
    #expect(occupancy.serverTransactions <= 1024, sourceLocation: place)
    #expect(occupancy.clientTransactions <= 1024, sourceLocation: place)
    #expect(occupancy.keptMessages <= 980, sourceLocation: place)
  }

  func expectNothingLeft(_ place: SourceLocation = #_sourceLocation) {
    if chance.below(2) == 0 { exchange.element.endCalls() }
    exchange.world.run(for: .seconds(1500))
    let (occupancy, counters) = (exchange.element.occupancy, exchange.element.counters)
    #expect(exchange.element.isEmpty, "\(occupancy)", sourceLocation: place)
    #expect(counters.forwarded > 100, "\(counters)", sourceLocation: place)
    #expect(counters.answeredCalls > 2, "\(counters)", sourceLocation: place)
    let told = exchange.element.ended.count + exchange.element.lostNotes
    #expect(told == counters.calls, sourceLocation: place)
  }
}
