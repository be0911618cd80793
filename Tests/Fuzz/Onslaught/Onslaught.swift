import Basics
import Border
import Dialogs
import Rehearsal

/// A border element and all who speak to it, driven by the octets of one input. What it forwards
/// comes back: responses are made from requests that were heard, requests from their Record-Route.
///
/// The first octet says which policy and what network; then each step is a letter and its
/// decisions:
///
///     ? who method flags        a request that begins something
///     > who method flags        a request within what was heard last
///     c who                     the CANCEL of the last request sent, and k its ACK
///     ! who which status flags  a response to a request that was heard
///     = who flags text ~        a message as it stands here
///     % who which               something heard or sent, with changes
///     & who                     many requests at once
///     + time                    up to 256² / 4 ms pass, and * whole seconds
///     - which                   word that a message could not be sent
///     / who                     a station closes its connections
///     @ time                    how long names take from now on
///     ^ which                   another version of the policy comes in force
///     . # ,                     drain; calls end; no time passes after the next step
package final class Onslaught {
  private let scene: Scene
  private let watch: Watch
  private var script: Script
  private var serial = 0
  private var sent: [PlainMessage] = []
  /// How many messages may still be sent: enough to fill the smallest shelf.
  private var budget = 500
  private var isHurried = false

  /// Plays a script to its end and lets all that it began run out.
  /// - Returns: what did not hold; a trap is the worst of it, and does not return.
  package static func faults(_ octets: [UInt8]) -> [String] {
    let onslaught = Onslaught(octets)
    while !onslaught.script.isAtEnd { onslaught.step() }
    onslaught.finish()
    onslaught.scene.end()
    return onslaught.watch.faults + onslaught.scene.element.faults
  }

  private init(_ octets: [UInt8]) {
    script = Script(octets)
    let kind = script.below(4)
    scene = Scene(quickstart: kind & 1 == 0, isLossy: kind & 2 != 0)
    watch = Watch(scene.known)
    let watch = watch
    scene.element.onTransmit = { watch.look(at: $0, going: $1) }
  }

  private func talker() -> Talker { scene.talkers[script.below(scene.talkers.count)] }

  private func pause(_ interval: Interval) { scene.world.run(for: interval) }

  private func step() {
    let wasHurried = isHurried
    switch script.octet() {
    case UInt8(ascii: "?"): ask(talker())
    case UInt8(ascii: ">"): goOn(talker())
    case UInt8(ascii: "c"): accompany("CANCEL", talker())
    case UInt8(ascii: "k"): accompany("ACK", talker())
    case UInt8(ascii: "!"): answer(talker())
    case UInt8(ascii: "="): say(talker())
    case UInt8(ascii: "%"): distort(talker())
    case UInt8(ascii: "&"): flood(talker())
    case UInt8(ascii: "+"): pause(.milliseconds(Int64(script.long() / 4)))
    case UInt8(ascii: "*"): pause(.seconds(Int64(script.below(256))))
    case UInt8(ascii: "-"): fail()
    case UInt8(ascii: "/"): talker().hangUpStreams()
    case UInt8(ascii: "@"): scene.element.resolution = .milliseconds(Int64(script.long()))
    case UInt8(ascii: "^"): scene.reload(script.below(Scene.versions))
    case UInt8(ascii: "."): scene.element.drainCalls()
    case UInt8(ascii: "#"): scene.element.endCalls()
    case UInt8(ascii: ","): isHurried = true
    default: return
    }
    // Time for a message to come through to the other side.
    if !isHurried { pause(.milliseconds(11)) }
    if wasHurried { isHurried = false }
    expectBounds()
  }
}

// MARK: Steps

extension Onslaught {
  private func send(_ bytes: [UInt8], by talker: Talker, flags: Int) {
    guard budget > 0 else { return }
    budget -= 1
    // Whoever receives a message asks whose it is, before anything else is known of it.
    _ = scene.element.owner(of: bytes)
    talker.send(
      bytes, to: scene.border(for: talker), over: flags & 1 == 0 ? .udp : .tcp)
  }

  private func send(_ message: PlainMessage, by talker: Talker, flags: Int) {
    if sent.count >= 64 { sent.removeFirst(32) }
    sent.append(message)
    send(message.bytes, by: talker, flags: flags)
  }

  private static let uris = [
    "sip:bob@10.0.0.1", "sip:bob@10.2.0.2", "sip:bob@new.example", "tel:+1555", "sips:x@y",
    "sip:127.0.0.1", "sip:bob@none.example", "urn:x",
  ]

  private func ask(_ talker: Talker) {
    let choice = script.below(256)
    let method = PlainMessage.methods[choice % PlainMessage.methods.count]
    let uri = Self.uris[choice / PlainMessage.methods.count % Self.uris.count]
    let flags = Int(script.octet() &- 0x30)
    if flags & 32 == 0 { serial += 1 }
    let message = PlainMessage.request(
      method, to: uri, by: talker, branch: "b\(serial)", callID: "c\(serial)",
      number: 1, flags: flags)
    send(message, by: talker, flags: flags)
  }

  private func goOn(_ talker: Talker) {
    let method = PlainMessage.methods[script.below(PlainMessage.methods.count)]
    let flags = Int(script.octet() &- 0x30)
    let known = talker.heard.last { $0.message.isRequest || $0.message.toTag != nil }
    guard let known = known?.message else { return }
    serial += 1
    let number = method == "ACK" ? known.cSeqNumber : known.cSeqNumber + serial
    let message = PlainMessage.request(
      method, within: known, by: talker, branch: "d\(serial)", number: number, flags: flags)
    send(message, by: talker, flags: flags)
  }

  private func accompany(_ method: String, _ talker: Talker) {
    guard let last = sent.last(where: { $0.method == "INVITE" }) else { return }
    send(last.companion(method).bytes, by: talker, flags: 0)
  }

  private static let statuses = [
    100, 180, 200, 183, 302, 404, 486, 503, 487, 401, 603, 202, 300, 481, 500, 699,
  ]
  private static let contacts = [
    "10.2.0.2", "198.51.100.1", "new.example", "10.2.0.1;transport=tcp", "pbx.east.example",
    "127.0.0.1:5070", "[::1]:5070", "none.example",
  ]

  private func answer(_ talker: Talker) {
    let requests = talker.heard.filter(\.message.isRequest)
    let which = script.below(64)
    let status = Self.statuses[script.below(Self.statuses.count)]
    let flags = Int(script.octet() &- 0x30)
    guard which < requests.count else { return }
    let heard = requests[requests.count - 1 - which]
    var response = talker.response(to: heard.message, status, tag: "t\(flags & 3)")
    if flags & 4 != 0 {
      response.add("Contact", "<sip:c\(flags & 3)@\(Self.contacts[flags >> 5])>")
    }
    let bytes = flags & 8 != 0 ? changed(response.bytes) : response.bytes
    if flags & 16 != 0 {
      // From where nobody was asked, and without the connection that it came on.
      send(bytes, by: self.talker(), flags: flags)
    } else {
      talker.reply(bytes, to: heard)
    }
  }

  private func say(_ talker: Talker) {
    let flags = script.below(256)
    send(script.text(), by: talker, flags: flags)
  }

  private func distort(_ talker: Talker) {
    let which = script.below(128)
    let flags = script.below(256)
    if which < 64, which < talker.heard.count {
      send(
        changed(talker.heard[talker.heard.count - 1 - which].bytes), by: talker, flags: flags)
    } else if which >= 64, which - 64 < sent.count {
      send(changed(sent[sent.count - 1 - (which - 64)].bytes), by: talker, flags: flags)
    }
  }

  /// As many as the script says, of a kind that fills tables: none is answered soon. They come over
  /// a stream, since a hundred retransmissions of each would leave no time for other scripts.
  private func flood(_ talker: Talker) {
    let method = PlainMessage.methods[script.below(PlainMessage.methods.count)]
    for _ in 0..<script.below(64) * 16 {
      serial += 1
      let message = PlainMessage.request(
        method, to: Self.uris[0], by: talker, branch: "b\(serial)", callID: "c\(serial)",
        number: 1, flags: 0)
      send(message.bytes, by: talker, flags: 1)
    }
  }

  private func fail() {
    let owners = scene.element.owners
    let which = script.below(256)
    if which < owners.count { scene.element.fail(owners[owners.count - 1 - which]) }
  }

  private static let words: [String] = [
    "\r\n", "\r\n\r\n", ":", ";", ",", "<", ">", "\"", "\\", "%", "@", "sip:", ";lr", ";rport",
    ";received=", ";branch=z9hG4bK", ";tag=", "Route: <sip:127.0.0.1;lr>\r\n", "\r\n ", "\t",
    "Route: <sip:border.example>\r\n", "Via: SIP/2.0/UDP x\r\n", "Content-Length: 9\r\n", "[::1]",
    "Max-Forwards: 0\r\n", "4294967296", "\u{0}", "é", "Contact: *\r\n", "l: 0\r\n", "?", "=",
    "Proxy-Require: x\r\n", ", ",
  ]

  /// Up to four small changes.
  private func changed(_ original: [UInt8]) -> [UInt8] {
    var bytes = original
    for _ in 0..<script.below(5) where !bytes.isEmpty {
      let kind = script.below(6)
      let place = script.long() % bytes.count
      let value = script.octet()
      let end = min(bytes.count, place + 1 + Int(value % 32))
      switch kind {
      case 0: bytes[place] = value
      case 1: bytes.removeSubrange(place..<end)
      case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 3: bytes.insert(contentsOf: Self.words[Int(value) % Self.words.count].utf8, at: place)
      case 4: insertLine(&bytes, place, Self.words[Int(value) % Self.words.count])
      default: bytes.removeSubrange(end...)
      }
    }
    return bytes
  }

  /// At the beginning of a line, the next one after a place.
  private func insertLine(_ bytes: inout [UInt8], _ place: Int, _ word: String) {
    let end = bytes[place...].firstIndex(of: 0x0a) ?? place - 1
    bytes.insert(contentsOf: word.utf8, at: end + 1)
  }
}

// MARK: What must hold

extension Onslaught {
  private func expect(_ holds: Bool, _ what: String) {
    if !holds { watch.blame([], "\(what): \(scene.element.occupancy)") }
  }

  private func expectBounds() {
    let left = scene.element.occupancy
    let limit = 1024
    expect(left.calls <= limit, "too many calls")
    expect(left.serverTransactions <= limit, "too many server transactions")
    expect(left.clientTransactions <= limit, "too many client transactions")
  }

  /// Nobody speaks any more: what was begun ends by its timers, first all transactions and the
  /// calls that were never answered, then the calls that are up.
  private func finish() {
    // Timer C, the CANCEL after it and what waits for its answer, for each of two targets.
    pause(.seconds(600))
    let (left, counters, ended) = (
      scene.element.occupancy, scene.element.counters, scene.element.ended
    )
    let isToldOfAll = scene.element.lostNotes == 0
    let answered = ended.count { $0.call.state == .answered }
    expect(left.serverTransactions == 0, "server transactions are left")
    expect(left.clientTransactions == 0, "client transactions are left")
    expect(left.keptMessages == 0, "messages are left")
    if isToldOfAll {
      expect(left.calls == counters.answeredCalls - answered, "calls are left that are not up")
    }
    pause(Scene.callDuration)
    expect(scene.element.isEmpty, "something is left")
    let earlier = scene.element.earlierPolicies
    expect(earlier == 0, "\(earlier) earlier policies are left")
    let isIdle = scene.element.isIdle()
    expect(isIdle, "it is not idle")
    let told = scene.element.ended.count + scene.element.lostNotes
    expect(told >= scene.element.counters.calls, "calls ended without a word")
  }
}
