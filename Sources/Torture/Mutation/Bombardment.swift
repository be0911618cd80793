package import Basics
package import Border
import BasicContainers
import SIP

/// A border element under mutants, in process and without an end: its clock moves with each of
/// them, names are answered, and whoever is asked behind it answers too, so that its tables empty
/// as fast as they fill.
///
/// A mutant that is an answer is put to a transaction that the element really began.
package struct Bombardment: ~Copyable {
  /// Where messages come from, and where the policy sends them.
  package struct Places: Sendable {
    /// Of the caller, over datagrams.
    package var caller: Flow
    /// The same caller, over a stream.
    package var stream: Flow
    /// The address that names are answered with.
    package var name: Address

    package init(caller: Flow, stream: Flow, name: Address) {
      self.caller = caller
      self.stream = stream
      self.name = name
    }
  }

  private let mutator: Mutator
  private let places: Places
  var border: Border
  private var outbox = Outbox(bytes: 4 << 20, transmits: 4096)
  private var now = Instant(nanoseconds: 1_000_000_000_000)
  private var mutant: [UInt8] = []
  /// What came of the mutants.
  package private(set) var toll: Toll
  private var sight = Sight()

  /// Makes the element.
  /// - Parameter configuration: of the policy that it works by; calls are shorter than it says.
  package init(
    _ configuration: Configuration, _ mutator: consuming Mutator, at places: Places
  ) {
    var configuration = configuration
    // Calls that a mutant brings up have nobody who would end them.
    configuration.callDuration = .seconds(60)
    let seed = Seed(
      tokens: Basics.Key(0x746f_7274, 0x7572_6500), hashes: Basics.Key(0x6d75, 0x7461),
      generations: 0x74)
    border = Border(configuration, seed: seed, now: now)
    toll = Toll(groups: mutator.groups)
    self.mutator = mutator
    self.places = places
    // Its memory is all taken now, so that what is taken later is not its own.
    while outbox.bytes.freeCapacity > 0 { outbox.bytes.append(0) }
    outbox.clear()
    mutant = Array(repeating: 0, count: 512 << 10)
    mutant.removeAll(keepingCapacity: true)
  }

  /// How far the element's clock moves for each mutant.
  static let step = Interval.milliseconds(100)

  /// Puts one mutant to the element, and lets the other side answer what the element asks.
  package mutating func fire(_ number: Int) {
    let mutant = mutator.mutant(number)
    sight.begin()
    if mutator.isResponse(mutant) {
      fireAnswer(mutant, number)
    } else {
      fireRequest(mutant, number)
    }
    answerAll()
    pass(Self.step)
    let words = sight.fault.map { "\(mutator.describe(mutant)): \($0)" }
    toll.add(sight.row, to: mutant.group, number, words)
  }

  /// Lets time pass until nothing can be left of any mutant.
  /// - Returns: what is left even so, or was wrong with what its timers sent, in words.
  package mutating func settle() -> String? {
    var fault: String?
    // Timer C and what follows it (RFC 3261 §16.8), then the longest call.
    for _ in 0..<1200 {
      sight.begin()
      pass(.seconds(1))
      fault = fault ?? sight.fault
    }
    return fault ?? border.occupancy.words
  }

  // MARK: What is put to it

  private mutating func fireRequest(_ mutant: Mutator.Mutant, _ number: Int) {
    mutator.write(mutant, answering: nil, into: &self.mutant)
    // Every other one over a stream, where the length has to be right for anything to come of it.
    put(from: number & 1 == 0 ? places.caller : places.stream)
  }

  private mutating func fireAnswer(_ mutant: Mutator.Mutant, _ number: Int) {
    mutator.writeSoundInvite(number, into: &self.mutant)
    put(from: places.caller)
    guard let question = sight.questions.first else {
      return sight.blame("no sound INVITE came out that it could answer")
    }
    sight.row = Toll.Row(sent: 1)
    mutator.write(mutant, answering: question.asked, into: &self.mutant)
    put(from: question.flow)
  }

  private mutating func put(from flow: Flow) {
    // A view over one property would hold all of them.
    var octets: [UInt8] = []
    swap(&octets, &mutant)
    defer { swap(&octets, &mutant) }
    let length = Self.length(octets.span, over: flow.transport)
    guard let length else { return sight.row.unframed += 1 }
    border.receive(octets.span.extracting(..<length), from: flow, now: now, into: &outbox)
    drain()
  }

  /// How much of it is one message to the element; `nil` where it could not come to it as one.
  private static func length(_ octets: Span<UInt8>, over transport: Transport) -> Int? {
    guard transport.isReliable else { return octets.count <= 65_507 ? octets.count : nil }
    switch Framing.measure(octets) {
    // What is told of its length before the stream is closed comes to the element as well.
    case .message(let count), .last(let count, _): return count
    case .needMore, .keepAlive, .broken: return nil
    }
  }

  /// A final answer to each request that the element sent, so that it does not wait.
  private mutating func answerAll() {
    var place = 0
    while place < sight.questions.count {
      let question = sight.questions[place]
      mutant.removeAll(keepingCapacity: true)
      question.asked.writeRefusal(486, into: &mutant)
      put(from: question.flow)
      place += 1
    }
  }

  private mutating func pass(_ interval: Interval) {
    now = now + interval
    while let deadline = border.nextDeadline(), deadline <= now {
      border.expire(now: now, into: &outbox)
      drain()
    }
  }

  // MARK: What comes of it

  private mutating func drain() {
    // An answer to a question may ask the next one.
    repeat {
      look()
      border.drainNotes { _ in }
    } while answerNames()
  }

  private mutating func answerNames() -> Bool {
    var answered = false
    while let inquiry = border.nextInquiry() {
      answered = true
      // One name in eight is none, by its ticket: the same in every run.
      let found: Result<Address, Unresolved> =
        inquiry.ticket & 7 == 7 ? .failure(.noSuchName) : .success(places.name)
      border.answer(inquiry.ticket, found, now: now, into: &outbox)
    }
    return answered
  }

  private mutating func look() {
    sight.look(at: outbox)
    outbox.clear()
  }
}

/// What was seen of the element after one mutant.
private struct Sight: ~Copyable {
  /// A request that the element sent.
  struct Question {
    var asked: Asked
    var flow: Flow
  }

  var row = Toll.Row()
  var fault: String?
  /// What the element asked of those behind it.
  var questions: [Question] = []
  private var table = HeaderTable()

  mutating func begin() {
    row = Toll.Row(sent: 1)
    fault = nil
    questions.removeAll(keepingCapacity: true)
  }

  mutating func blame(_ words: String) {
    if fault == nil { fault = words }
  }

  mutating func look(at outbox: borrowing Outbox) {
    for place in 0..<outbox.transmits.count {
      let transmit = outbox.transmits[place]
      let start = Int(transmit.start)
      look(at: outbox.bytes.span.extracting(start..<start + Int(transmit.count)), transmit.flow)
    }
  }

  private mutating func look(at bytes: Span<UInt8>, _ flow: Flow) {
    if let found = Soundness.fault(bytes, over: flow.transport, &table) {
      return blame("what the element sent \(found)")
    }
    let outline = table.outline
    guard outline.isRequest else { return row.answered[Int(outline.status) / 100] += 1 }
    row.forwarded += 1
    guard outline.method != .ack, questions.count < 8 else { return }
    let asked = Asked(to: Message(bytes, table))
    questions.append(Question(asked: asked, flow: flow))
  }
}

extension Asked {
  init(to message: borrowing Message) {
    for place in 0..<message.headers.count where message.headers[place].name == .via {
      if !via.isEmpty { via.append(0x2c) }
      via += message.octets(of: message.headers[place].value)
    }
    from = message.octets(ofHeader: message.outline.from)
    to = message.octets(ofHeader: message.outline.to)
    callID = message.octets(ofHeader: message.outline.callID)
    cSeq = message.octets(ofHeader: message.outline.cSeq)
  }

  /// A final response without a body.
  func writeRefusal(_ status: Int, into octets: inout [UInt8]) {
    octets += Array("SIP/2.0 \(status) No\r\nVia: ".utf8) + via
    octets += Array("\r\nFrom: ".utf8) + from
    octets += Array("\r\nTo: ".utf8) + to
    octets += Array(";tag=refused\r\nCall-ID: ".utf8) + callID
    octets += Array("\r\nCSeq: ".utf8) + cSeq
    octets += Array("\r\nContent-Length: 0\r\n\r\n".utf8)
  }
}

extension Message {
  fileprivate func octets(of slice: Slice) -> [UInt8] {
    var copy: [UInt8] = []
    copy.append(addingCapacity: slice.count) { $0.write(bytes.extracting(slice.range)) }
    return copy
  }

  fileprivate func octets(ofHeader place: UInt8) -> [UInt8] {
    header(place).map { octets(of: $0.value) } ?? []
  }
}

extension Bombardment.Places {
  /// Under the quickstart: a caller on the loopback, and names that lead to the callee.
  package static let quickstart = Bombardment.Places(
    caller: Flow(.udp, listener: 0, remote: Endpoint(Address(ipv4: 0x7f00_0002), port: 5060)),
    stream: Flow(
      .tcp, listener: 1, remote: Endpoint(Address(ipv4: 0x7f00_0002), port: 40_000),
      connection: Connection(worker: 0, handle: Handle(index: 1, generation: 1))),
    name: Address(ipv4: 0x7f00_0001))
}
