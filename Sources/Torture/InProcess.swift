import Basics
import Border
package import Policy
import Routing

/// Plays messages to a border element that lives in this process, for one message each: the
/// pipeline that serves, under a policy, with a clock of its own. Nothing of the network is there
/// but what this file puts around it: the framing of streams, and a next hop that answers.
package struct InProcess: Player {
  private let snapshot: Snapshot
  private let source: String

  /// - Parameters:
  ///   - snapshot: the policy that it is played under.
  ///   - source: the address that the messages come from; answers go to the port of their Via.
  /// - Throws: a policy without a listener for that source.
  package init(_ snapshot: Snapshot, from source: String = "127.0.0.2") throws(Misuse) {
    self.snapshot = snapshot
    self.source = source
    _ = try snapshot.flow(from: source, over: .udp)
    _ = try snapshot.flow(from: source, over: .tcp)
  }

  /// Plays one attempt in an element of its own.
  package mutating func play(_ attempt: Attempt) -> Observation {
    do throws(Misuse) {
      let caller = try snapshot.flow(from: source, over: attempt.transport)
      var scene = Scene(snapshot, caller: caller)
      return attempt.play == .liveResponse ? scene.answer(attempt) : scene.put(attempt)
    } catch {
      var observation = Observation(sent: attempt.octets)
      observation.trouble = "\(error)"
      return observation
    }
  }
}

/// One element, the one who sends the message, and the next hop.
struct Scene: ~Copyable {
  /// After all timers of RFC 3261 §17 and of a border's own: nothing may be left.
  private static let rest = Interval.seconds(200)
  private static let waitOfStreams = Interval.seconds(10)

  private var trial: Trial
  private let caller: Flow
  private let local: Endpoint
  private let hop: Endpoint
  private let unfinished: Interval
  /// What the stream has brought and is no whole message yet.
  private var pending: [UInt8] = []
  private var isClosed = false
  private var answers: [Observation.Seen] = []
  private var departures: [Trial.Sent] = []
  /// How many of the departures somebody has answered.
  private var answered = 0
  private var serial = 0

  init(_ snapshot: Snapshot, caller: Flow) {
    let configuration = snapshot.configuration
    trial = Trial(configuration)
    self.caller = caller
    local = configuration.listeners[Int(caller.listener)].local
    let targets = configuration.routing.targets + configuration.routing.peerTargets
    let isIPv4 = caller.remote.address.isIPv4
    hop =
      targets.map(\.endpoint).first { $0.address.isIPv4 == isIPv4 }
      ?? Endpoint(caller.remote.address, port: 5070)
    unfinished = snapshot.settings.streams.unfinished ?? Self.waitOfStreams
  }

  /// Puts the message to the element as it is.
  mutating func put(_ attempt: Attempt) -> Observation {
    var observation = Observation(sent: attempt.octets)
    receive(attempt.octets)
    converse()
    closeIfUnfinished()
    observation.answers = answers
    observation.isClosed = isClosed
    observation.forwarded = departures.filter { !Self.isHopByHop($0) }.map(Self.seen)
    finish(&observation)
    return observation
  }

  /// Makes the element send a request, and puts the response to it.
  mutating func answer(_ attempt: Attempt) -> Observation {
    var observation = Observation(sent: attempt.octets)
    let response = Wire(attempt.octets)
    let uri = "sip:torture@\(hop.words)"
    receive(Wire.plain(response.method, uri, via: via(caller), contact: contact, serial: next()))
    guard let sent = departures.first else {
      observation.trouble = "no \(response.method) could be made to leave that it could answer"
      return observation
    }
    answered = departures.count
    let request = Wire(sent.bytes)
    observation.sent = response.answering(request)
    let before = answers.count
    take(trial.receive(observation.sent, from: sent.flow.answering))
    observation.forwarded = Array(answers[before...])
    observation.isClosed = isClosed
    if response.status.map({ $0 >= 200 && $0 < 300 }) ?? false, response.method == "INVITE" {
      take(trial.receive(request.bye(via: via(sent.flow), tag: "live"), from: sent.flow.answering))
    } else {
      // The caller hears something final, if he has not yet.
      let last = request.reply(486, tag: "live", contact: contact)
      take(trial.receive(last, from: sent.flow.answering))
    }
    converse()
    finish(&observation)
    return observation
  }

  // MARK: Conversation

  /// Octets of the caller: a datagram, or a piece of a stream that is cut as the program cuts it.
  private mutating func receive(_ octets: [UInt8]) {
    guard caller.transport.isReliable else { return take(trial.receive(octets, from: caller)) }
    pending += octets
    while !pending.isEmpty, !isClosed {
      switch Framed(pending) {
      case .needMore: return
      case .message(let count):
        let message = Array(pending[..<count])
        pending.removeFirst(count)
        take(trial.receive(message, from: caller))
      case .blank(let count): pending.removeFirst(count)
      case .last(let count):
        take(trial.receive(Array(pending[..<count]), from: caller))
        isClosed = true
      case .broken: isClosed = true
      }
    }
  }

  /// Sorts what an input came to, and tells the addresses of names.
  private mutating func take(_ outcome: Trial.Outcome) {
    var questions = outcome.questions
    for sent in outcome.sent { sort(sent) }
    if outcome.closed.contains(where: { $0 == caller.connection }) { isClosed = true }
    while let question = questions.popLast() {
      let next = trial.answer(question.ticket, .success(hop.address))
      questions += next.questions
      for sent in next.sent { sort(sent) }
    }
  }

  private mutating func sort(_ sent: Trial.Sent) {
    // A request to the caller is no answer of his: a BYE of the other side reaches him so.
    if sent.flow.remote.address == caller.remote.address, Wire(sent.bytes).isResponse {
      answers.append(Self.seen(sent))
    } else {
      departures.append(sent)
    }
  }

  /// Whoever the element sent something to answers it, and that for as long as anything comes.
  private mutating func converse() {
    while answered < departures.count {
      let sent = departures[answered]
      answered += 1
      let request = Wire(sent.bytes)
      guard !request.isResponse, request.method != "ACK" else { continue }
      // A call that nobody takes is over at once.
      let status = request.method == "INVITE" ? 486 : 200
      let reply = request.reply(status, contact: "sip:hop@\(sent.flow.remote.words)")
      take(trial.receive(reply, from: sent.flow.answering))
    }
  }

  /// A message that a stream has begun and does not end (RFC 3261 §18.3).
  private mutating func closeIfUnfinished() {
    guard !pending.isEmpty, !isClosed else { return }
    wait(unfinished)
    isClosed = true
  }

  private mutating func wait(_ interval: Interval) {
    let end = trial.now + interval
    while let outcome = trial.step(until: end) {
      take(outcome)
      converse()
    }
  }

  /// Whether the element still answers, and what it holds when its timers are over.
  private mutating func finish(_ observation: inout Observation) {
    let before = answers.count
    let options = Wire.plain(
      "OPTIONS", "sip:\(local.words)", via: via(caller), contact: contact, serial: next())
    var fresh = caller
    fresh.connection = caller.connection.map { Connection(worker: $0.worker, handle: .other) }
    take(trial.receive(options, from: fresh))
    observation.stillAnswers = answers[before...].contains { Wire($0.octets).status == 200 }
    wait(Self.rest)
    observation.leftovers = trial.occupancy.words
  }

  // MARK: Words

  private mutating func next() -> Int {
    serial += 1
    return serial
  }

  private var contact: String {
    let transport = caller.transport.isReliable ? ";transport=tcp" : ""
    return "sip:torture@\(caller.remote.words)\(transport)"
  }

  private func via(_ flow: Flow) -> String {
    "\(flow.transport.isReliable ? "TCP" : "UDP") \(flow.remote.words)"
  }

  private static func seen(_ sent: Trial.Sent) -> Observation.Seen {
    Observation.Seen(sent.bytes, over: sent.flow.transport)
  }

  /// An ACK or a CANCEL of the element's own (RFC 3261 §9.1, §17.1.1.3).
  private static func isHopByHop(_ sent: Trial.Sent) -> Bool {
    ["ACK", "CANCEL"].contains(Wire(sent.bytes).method)
  }
}
