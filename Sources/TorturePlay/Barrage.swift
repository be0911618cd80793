import Basics
import Capture
import Platform
import SIP
package import Torture

/// Puts mutants to any element over the network, at a bounded rate, and is the next hop behind it
/// as well. After each window of them the element has to answer an OPTIONS, and all that it sends
/// has to be SIP.
package final class Barrage {
  /// Mutants between two OPTIONS.
  static let window = 64
  /// How long a sound INVITE may take to come out behind the element, before its mutated answer.
  private static let crossing = Interval.milliseconds(500)
  /// How long the end of a message is waited for that no stream can carry whole.
  private static let breath = Interval.milliseconds(20)

  let plan: Plan
  private let posts: Posts
  private let local: Address
  /// Where answers are awaited, and what the mutants name as their sender.
  private let own: Endpoint
  private let pause: Interval
  private var voice: Voice
  private var mutator: Mutator
  private var due: Instant
  /// The connection by which mutants go, where they go by one.
  private var line: Line?
  /// What was seen of each mutant of the window.
  private var rows: [Int: Toll.Row] = [:]
  private var faults: [Int: String] = [:]
  /// The last mutant of which anything came back or out.
  private(set) var lastHeard: Int?
  private var ping: (callID: [UInt8], isAnswered: Bool) = ([], false)
  private var question: (number: Int, arrival: Posts.Arrival?)?
  /// How many requests in a row did not come out behind the element, before any did.
  private var missing = 0
  private var unanswerable = 0

  /// What came of them.
  package private(set) var toll: Toll
  /// Why it ended before its time, in a sentence.
  package var end: String?

  /// Finds the element and opens the sockets.
  /// - Parameters:
  ///   - rate: so many mutants a second at most.
  ///   - run: a word that no other run has.
  package init(
    _ plan: Plan, _ mutator: Mutator, rate: Int, run: String
  ) throws(Hindrance) {
    self.plan = plan
    voice = Voice(run: run)
    local = try plan.local()
    _ = try Reach(plan: plan, local: local).ask(&voice)
    posts = Posts(plan.capture)
    let hops = plan.hops(local).asked
    do throws(Refusal) {
      own = try posts.open(.caller, at: Endpoint(local, port: 0))
      for hop in hops { try posts.open(.callee, at: hop) }
    } catch {
      throw Hindrance("\(error); what the element forwards is awaited at --behind")
    }
    if hops.isEmpty { missing = Self.patience }
    toll = Toll(groups: mutator.groups)
    pause = Interval(nanoseconds: 1_000_000_000 / Int64(max(rate, 1)))
    due = Clock.now()
    self.mutator = mutator
    self.mutator.setting = Setting(
      own: own.hostPort, target: plan.target.endpoint.hostPort,
      hop: (hops.first ?? own).hostPort, isStream: plan.target.transport.isReliable,
      mark: "x\(run)")
  }

  /// So many INVITEs may stay away before no mutated answers are tried any more.
  private static let patience = 3

  /// What whoever reads the results should know.
  package var remarks: [String] {
    guard unanswerable > 0 else { return [] }
    return [
      "\(unanswerable) are answers and were not sent: no sound INVITE came out behind the element"
        + (plan.role == .proxy ? " (--behind)" : "")
    ]
  }

  // MARK: Playing

  /// Puts the mutants of these numbers to the element, one after the other.
  /// - Parameter tell: is told of each before it is sent.
  package func play(_ numbers: Range<Int>, tell: (Int) -> Void = { _ in }) {
    var next = numbers.lowerBound
    while next < numbers.upperBound, end == nil {
      var window = next..<min(next + Self.window, numbers.upperBound)
      lastHeard = nil
      for number in window {
        tell(number)
        guard fire(number) else {
          window = next..<number + 1
          break
        }
      }
      // The answers to the last ones are under way.
      hear(until: Clock.now() + Self.breath)
      let isAlive = isAlive()
      close()
      if !isAlive { mourn(window) }
      next = window.upperBound
      _ = plan.capture?.flush()
    }
    leave()
  }

  /// Adds to the toll what was seen until now.
  private func close() {
    for (number, row) in rows.sorted(by: { $0.key < $1.key }) {
      let mutant = mutator.mutant(number)
      let words = faults[number].map { "\(mutator.describe(mutant)): \($0)" }
      toll.add(row, to: mutant.group, number, words)
    }
    rows = [:]
    faults = [:]
  }

  /// Leaves out what was seen of mutants that were put a second time.
  func forget() { (rows, faults) = ([:], [:]) }

  /// Sends one mutant when it is due.
  /// - Returns: whether the element could be reached.
  func fire(_ number: Int) -> Bool {
    while Clock.now() < due { hear(until: due) }
    // What was missed is not made up for.
    due = max(due + pause, Clock.now())
    let mutant = mutator.mutant(number)
    guard mutator.isResponse(mutant) else { return put(mutator.octets(of: number), number) }
    return answer(mutant)
  }

  private func put(_ octets: [UInt8], _ number: Int) -> Bool {
    rows[number, default: Toll.Row()].sent += 1
    guard plan.target.transport.isReliable else {
      let way = posts.way(from: own.port, to: plan.target.endpoint)
      // More than a datagram holds cannot be sent by any sender.
      if let way, !posts.send(octets, by: way) { rows[number]?.unframed += 1 }
      return true
    }
    guard let line = connected() else { return false }
    let isWhole = Framing.measure(octets.span) == .message(octets.count)
    if !posts.send(octets, by: .line(line)) || !isWhole {
      hear(until: Clock.now() + Self.breath)
      leave()
    }
    return true
  }

  private func connected() -> Line? {
    if let line, !line.hasEnded { return line }
    leave()
    let remote = plan.target.endpoint
    line = try? posts.connect(to: remote, from: local, patience: plan.pace.timeout)
    return line
  }

  private func leave() {
    if let line { posts.close(line) }
    line = nil
  }

  /// Makes the element send an INVITE, and answers that with the mutant.
  private func answer(_ mutant: Mutator.Mutant) -> Bool {
    guard missing < Self.patience else {
      unanswerable += 1
      return true
    }
    question = (mutant.number, nil)
    defer { question = nil }
    guard put(mutator.octets(of: mutant.number), mutant.number) else { return false }
    let limit = Clock.now() + Self.crossing
    while Clock.now() < limit, question?.arrival == nil { hear(until: limit) }
    guard let arrival = question?.arrival else {
      unanswerable += 1
      if missing >= 0 { missing += 1 }
      rows[mutant.number] = nil
      return true
    }
    missing = Int.min
    var octets: [UInt8] = []
    let request = Wire(arrival.octets)
    mutator.write(mutant, answering: Asked(to: request), into: &octets)
    if !posts.send(octets, by: arrival.way) { rows[mutant.number]?.unframed += 1 }
    // Whatever became of it, the transaction is to end, and a call that it may have made.
    posts.send(request.ending(contact: contact(of: arrival.way)), by: arrival.way)
    if let status = Wire(octets).status, (200..<300).contains(status) { hangUp(mutant, arrival) }
    return true
  }

  /// The BYE of whoever was called. His answer has lost the element's Record-Route, and the caller
  /// could not ask for the end of the call (RFC 3261 §12.1.2).
  private func hangUp(_ mutant: Mutator.Mutant, _ arrival: Posts.Arrival) {
    hear(until: Clock.now() + .milliseconds(5))
    let bye = voice.bye(
      to: Wire(arrival.octets), tag: "c\(mutant.number)\(mutator.setting?.mark ?? "")",
      over: arrival.way.transport, from: arrival.way.local.hostPort)
    posts.send(bye, by: arrival.way)
  }

  // MARK: Survival

  /// Whether the element answers an OPTIONS, by a connection of its own where it is asked by one.
  func isAlive() -> Bool {
    let isStream = plan.target.transport.isReliable
    if isStream { leave() }
    let way: Posts.Way? =
      isStream
      ? connected().map { .line($0) } : posts.way(from: own.port, to: plan.target.endpoint)
    guard let way else { return false }
    let options = voice.request(
      "OPTIONS", "sip:\(plan.target.endpoint.hostPort)", over: way.transport, from: own.hostPort,
      maxForwards: 0)
    ping = (Wire(options).values("Call-ID").first ?? [], false)
    let limit = Clock.now() + plan.pace.timeout + plan.pace.timeout
    repeat {
      posts.send(options, by: way)
      let wait = isStream ? limit : min(Clock.now() + .milliseconds(500), limit)
      while Clock.now() < wait, !ping.isAnswered {
        hear(until: wait)
        if case .line(let line) = way, line.hasEnded { return ping.isAnswered }
      }
    } while !ping.isAnswered && Clock.now() < limit
    return ping.isAnswered
  }

  /// Puts a fault to a mutant's account.
  func blame(_ number: Int, _ words: String) {
    if rows[number] == nil { rows[number] = Toll.Row() }
    if faults[number] == nil { faults[number] = words }
    close()
  }

  /// Lets the mutants from now on have another mark, so that none is taken for an earlier one.
  func mark(_ word: String) { mutator.setting?.mark += word }

  // MARK: Hearing

  private func hear(until limit: Instant) {
    for arrival in posts.hear(until: limit) { take(arrival) }
  }

  private func take(_ arrival: Posts.Arrival) {
    let message = Wire(arrival.octets)
    if message.isResponse, message.values("Call-ID").first == ping.callID {
      ping.isAnswered = ping.isAnswered || (message.status ?? 0) >= 200
    }
    let number = mutator.setting?.number(in: arrival.octets)
    if let number { lastHeard = max(lastHeard ?? number, number) }
    if let fault = Soundness.fault(arrival.octets, over: arrival.way.transport) {
      let place = number ?? rows.keys.max() ?? 0
      if faults[place] == nil { faults[place] = "what the element sent \(fault)" }
      if rows[place] == nil { rows[place] = Toll.Row() }
    }
    if message.isResponse {
      return takeAnswer(message, number, arrival)
    }
    if let number { rows[number, default: Toll.Row()].forwarded += 1 }
    if arrival.side == .callee, let number, question?.number == number, message.method == "INVITE" {
      if question?.arrival == nil { question?.arrival = arrival }
    } else if message.wantsAnswer {
      posts.send(message.ending(contact: contact(of: arrival.way)), by: arrival.way)
    }
  }

  private func takeAnswer(_ message: Wire, _ number: Int?, _ arrival: Posts.Arrival) {
    // What the player says of its own is no mutant.
    let isOwn = message.text("Via")?.contains("branch=z9hG4bK\(voice.run)") ?? false
    guard let number, !isOwn, let status = message.status, (100..<700).contains(status) else {
      return
    }
    rows[number, default: Toll.Row()].answered[status / 100] += 1
    // The element's transaction waits for the ACK (RFC 3261 §17.2.1), and a call that a user agent
    // has taken for its end.
    guard arrival.side == .caller, status >= 200, message.method == "INVITE",
      let ack = voice.ack(of: mutator.octets(of: number), for: message)
    else { return }
    posts.send(ack, by: arrival.way)
    guard status < 300 else { return }
    posts.send(
      voice.bye(to: message, over: arrival.way.transport, from: own.hostPort), by: arrival.way)
  }

  private func contact(of way: Posts.Way) -> String {
    "sip:hop@\(way.local.hostPort)\(way.transport.isReliable ? ";transport=tcp" : "")"
  }
}
