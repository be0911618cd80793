package import Basics
import Capture
import Platform
package import Torture

/// Plays messages to any element over the network, one after the other, and is the next hop behind
/// it as well.
package final class NetworkPlayer: Player {
  let plan: Plan
  let posts: Posts
  let local: Address
  /// The port that requests of the player's own are sent from.
  private let port: UInt16
  /// Where a next hop listens, to be named in a URI.
  let hop: Endpoint
  private let hasStreams: Bool
  var voice: Voice

  /// What was asked, by Call-ID: whoever gets a final response to an INVITE late owes an ACK.
  private var asked: [[UInt8]: (octets: [UInt8], way: Posts.Way)] = [:]
  /// Call-IDs and branches that the element has seen.
  private var seen: Set<[UInt8]> = []
  /// Whether the element was seen to forward a message with the Call-ID that it came with.
  private var keepsCallIDs = false
  private var markedCount = 0
  private var streamless: Set<String> = []
  private var secret: Set<String> = []
  /// Why nothing more is played.
  package private(set) var end: String?

  /// Finds the element and opens the sockets.
  /// - Parameters:
  ///   - cases: all that is to be played: their Vias name the ports that answers go to.
  ///   - run: a word that no other run has.
  package init(_ plan: Plan, cases: [Case], run: String) throws(Hindrance) {
    self.plan = plan
    voice = Voice(run: run)
    local = try plan.local()
    hasStreams = try Reach(plan: plan, local: local).ask(&voice)
    posts = Posts(plan.capture)
    let hops = plan.hops(local)
    hop = hops.asked.first ?? plan.target.endpoint
    port = try Self.openCaller(posts, plan, local, cases)
    try Self.openCallee(posts, hops)
  }

  private static func openCaller(
    _ posts: Posts, _ plan: Plan, _ local: Address, _ cases: [Case]
  ) throws(Hindrance) -> UInt16 {
    var ports: [UInt16] = [0]
    if !plan.isRewriting {
      ports = Set(cases.map { Places($0.octets).sentBy?.port ?? 5060 }).union([5060]).sorted()
      // The first is the one for requests of the player's own.
      ports = [5060] + ports.filter { $0 != 5060 }
    }
    var first: UInt16?
    for port in ports {
      do throws(Refusal) {
        let opened = try posts.open(.caller, at: Endpoint(local, port: port))
        if first == nil { first = opened.port }
      } catch {
        throw Hindrance(
          "\(error); answers to the messages go to that port of whoever sends them: name "
            + "another address with --listen, or let their Vias be rewritten (--rewrite-via)")
      }
    }
    return first ?? 5060
  }

  private static func openCallee(
    _ posts: Posts, _ hops: (asked: [Endpoint], offered: [Endpoint])
  ) throws(Hindrance) {
    for hop in hops.asked {
      do throws(Refusal) {
        try posts.open(.callee, at: hop)
      } catch {
        throw Hindrance(
          "\(error); what the element forwards is awaited there: another place can be named "
            + "with --behind")
      }
    }
    for hop in hops.offered { _ = try? posts.open(.callee, at: hop) }
  }

  // MARK: What is said of a run

  /// The one transport of all messages, or `nil` for the one that each asks for.
  package var only: Transport? {
    if plan.target.transport.isReliable { return .tcp }
    return hasStreams ? nil : .udp
  }

  /// What whoever reads the results should know.
  package var remarks: [String] {
    var remarks: [String] = []
    let own = Endpoint(local, port: port).hostPort
    if plan.isRewriting { remarks.append("the top Via of each message names \(own)") }
    if !streamless.isEmpty {
      remarks.append(
        "\(plan.target.endpoint.hostPort) takes no TCP: went by UDP: "
          + streamless.sorted().joined(separator: ", "))
    }
    if !secret.isEmpty {
      remarks.append("asked for TLS and went by TCP: " + secret.sorted().joined(separator: ", "))
    }
    if markedCount > 0 {
      let why = plan.isFresh ? "" : ", as an earlier one of the run has the same"
      remarks.append("\(markedCount) were sent with another Call-ID and branch\(why)")
    }
    return remarks
  }

  // MARK: Playing

  /// Plays one attempt, and asks by OPTIONS whether the element lives.
  package func play(_ attempt: Attempt) -> Observation {
    note(attempt)
    // Whoever ends this program has what was played until then.
    defer { _ = plan.capture?.flush() }
    clear()
    var observation = attempt.play == .liveResponse ? answer(attempt) : put(attempt)
    if observation.trouble == nil || attempt.play == .liveResponse {
      observation.stillAnswers = ping(attempt.transport)
      if !observation.stillAnswers, !plan.keepsGoing {
        end = "the element no longer answers; --keep-going goes on all the same"
      }
    }
    return observation
  }

  private func note(_ attempt: Attempt) {
    let transport = Places(attempt.of.octets).sentBy?.transport
    if attempt.transport == .udp, attempt.of.transport != .udp {
      streamless.insert(attempt.of.name)
    }
    if transport == "tls", attempt.transport == .tcp { secret.insert(attempt.of.name) }
  }

  /// Sends the message and watches.
  private func put(_ attempt: Attempt) -> Observation {
    let octets = prepared(attempt)
    var observation = Observation(sent: octets)
    let way: Posts.Way
    do throws(Hindrance) {
      way = try self.way(attempt.transport, from: Places(octets).sentBy?.port)
    } catch {
      observation.trouble = error.description
      return observation
    }
    var course = Course(octets, by: way, awaiting: attempt.required + attempt.tolerated)
    defer { leave(way) }
    guard posts.send(octets, by: way) else {
      observation.trouble = "the kernel would not send it"
      return observation
    }
    if attempt.transport.isReliable {
      let next = Posts.cut(octets).rest
      for callID in Places(next).callIDs { asked[callID] = (next, way) }
    }
    watch(&course)
    observation.isClosed = course.isClosed
    observation.forwarded = course.forwarded.map(\.seen)
    observation.answers = course.answers.map(\.seen)
    settle(&course)
    remember(course)
    return observation
  }

  /// What is really sent.
  private func prepared(_ attempt: Attempt) -> [UInt8] {
    var octets = attempt.octets
    if plan.isRewriting { octets = Places(octets).sent(by: Endpoint(local, port: port).hostPort) }
    let names = Places(octets).names
    guard plan.isFresh || !seen.isDisjoint(with: names) else {
      seen.formUnion(names)
      return octets
    }
    markedCount += 1
    return Places(octets).marked(".\(voice.mark())")
  }

  /// The way to the element.
  /// - Parameter port: the own one of a datagram.
  func way(
    _ transport: Transport, from port: UInt16? = nil
  ) throws(Hindrance) -> Posts.Way {
    let remote = plan.target.endpoint
    guard transport.isReliable else {
      if let way = posts.way(from: port ?? self.port, to: remote) { return way }
      throw Hindrance("there is no socket to send it from")
    }
    do throws(Refusal) {
      return .line(try posts.connect(to: remote, from: local, patience: plan.pace.timeout))
    } catch {
      throw Hindrance("no connection: \(error)")
    }
  }

  func leave(_ way: Posts.Way) {
    if case .line(let line) = way { posts.close(line) }
  }

  /// A request of the player's own.
  func request(
    _ method: String, _ uri: String, over transport: Transport, maxForwards: Int = 70
  ) -> [UInt8] {
    voice.request(
      method, uri, over: transport, from: Endpoint(local, port: port).hostPort,
      maxForwards: maxForwards)
  }

  /// Whether the element answers an OPTIONS.
  private func ping(_ transport: Transport) -> Bool {
    guard let way = try? way(transport) else { return false }
    defer { leave(way) }
    let options = request(
      "OPTIONS", "sip:\(plan.target.endpoint.hostPort)", over: transport, maxForwards: 0)
    var course = Course(options, by: way)
    defer { remember(course) }
    let end = Clock.now() + plan.pace.timeout + plan.pace.timeout
    while Clock.now() < end {
      posts.send(options, by: way)
      hear(&course, until: min(Clock.now() + .milliseconds(500), end)) { $0.final != nil }
      if course.final != nil { return true }
      if case .line(let line) = way, line.hasEnded { return false }
    }
    return false
  }
}

// MARK: Hearing

extension NetworkPlayer {
  /// Watches until nothing more is to be expected.
  func watch(_ course: inout Course) {
    let start = Clock.now()
    let longest = max(plan.pace.timeout * 4, Pace.unfinished)
    var last = start
    while true {
      let limit = min(last + course.patience(plan.pace), start + longest)
      guard Clock.now() < limit else { return }
      for arrival in posts.hear(until: limit) where sort(arrival, &course) { last = Clock.now() }
      if course.noticeEnd() { last = Clock.now() }
    }
  }

  /// Hears until it is enough, or the time is over.
  func hear(_ course: inout Course, until limit: Instant, enough: (Course) -> Bool) {
    while Clock.now() < limit, !enough(course) {
      for arrival in posts.hear(until: limit) { _ = sort(arrival, &course) }
      if course.noticeEnd() { return }
    }
  }

  /// - Returns: whether it belongs to what is watched.
  private func sort(_ arrival: Posts.Arrival, _ course: inout Course) -> Bool {
    let message = Wire(arrival.octets)
    let callID = message.values("Call-ID").first
    let belongs = course.has(callID)
    if arrival.side == .callee, belongs == true { keepsCallIDs = true }
    // An answer has the Call-ID of what it answers. What is forwarded has it too, unless whoever
    // forwards hides a network behind it; and a message may have none.
    let isLate = callID.map { asked[$0] != nil } ?? false
    let isForeign = keepsCallIDs || arrival.side == .caller || isLate
    if belongs == false, isForeign {
      beCourteous(arrival, message, callID.flatMap { asked[$0] })
      return false
    }
    // What comes to whoever asked and is no request was meant for an answer.
    if arrival.side == .caller, !message.isRequest {
      course.answers.append(arrival)
    } else {
      course.forwarded.append(arrival)
    }
    return true
  }

  /// Answers what comes late, so that the element's transactions end.
  private func beCourteous(
    _ arrival: Posts.Arrival, _ message: Wire, _ earlier: (octets: [UInt8], way: Posts.Way)?
  ) {
    if message.wantsAnswer {
      posts.send(message.ending(contact: contact(of: arrival.way)), by: arrival.way)
    } else if message.isResponse, let earlier {
      acknowledge(message, earlier.octets, by: arrival.way)
    }
  }

  /// Takes what is still there of earlier messages.
  private func clear() {
    var nothing = Course([], by: .nowhere)
    for arrival in posts.hear(until: Clock.now()) { _ = sort(arrival, &nothing) }
  }

  /// Lets every transaction end: the next hop answers, and who asked acknowledges.
  func settle(_ course: inout Course) {
    let requests = course.forwarded.filter { Wire($0.octets).wantsAnswer }
    for arrival in requests {
      posts.send(Wire(arrival.octets).ending(contact: contact(of: arrival.way)), by: arrival.way)
    }
    if !requests.isEmpty {
      hear(&course, until: Clock.now() + .milliseconds(300)) { $0.final != nil }
    }
    if let final = course.final { acknowledge(final, course.sent, by: course.way) }
  }

  /// The ACK to the final response to an INVITE; a call that was taken is ended.
  func acknowledge(_ response: Wire, _ request: [UInt8], by way: Posts.Way) {
    // An answer to a later request of the call has the Call-ID of its INVITE.
    guard Wire(request).method == "INVITE", response.method == "INVITE",
      let status = response.status, status >= 200,
      let ack = voice.ack(of: request, for: response)
    else { return }
    posts.send(ack, by: way)
    guard status < 300 else { return }
    let own = Endpoint(local, port: port).hostPort
    posts.send(voice.bye(to: response, over: way.transport, from: own), by: way)
  }

  /// What was said and heard belongs to the past from now on.
  func remember(_ course: Course) {
    for callID in Places(course.sent).callIDs { asked[callID] = (course.sent, course.way) }
    for arrival in course.forwarded {
      for callID in Places(arrival.octets).callIDs where asked[callID] == nil {
        asked[callID] = (course.sent, course.way)
      }
    }
  }

  func contact(of way: Posts.Way) -> String {
    "sip:hop@\(way.local.hostPort)\(way.transport.isReliable ? ";transport=tcp" : "")"
  }
}

extension Posts.Arrival {
  var seen: Observation.Seen { Observation.Seen(octets, over: way.transport) }
}
