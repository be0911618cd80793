import Basics

/// A telephone: it calls and is called, as RFC 3261 wants it, through whatever stands between.
package final class UserAgent: Talker {
  /// What it does with a call that comes in.
  package var habit: (PlainMessage) -> Habit = { _ in .answer() }
  package private(set) var legs: [Leg] = []
  /// Requests that found no dialog and got 481.
  package internal(set) var strangers = 0
  private var byCallID: [String: [Leg]] = [:]
  var askings: [String: Asking] = [:]
  var answerings: [String: Answering] = [:]

  package func all(caller: Bool) -> [Leg] { legs.filter { $0.isCaller == caller } }
  /// Whether every call of this agent has come out somehow and is over.
  package var endedInOrder: Bool { legs.allSatisfy { $0.endedInOrder } }

  var contact: String {
    "<sip:\(name)@\(text(endpoint))\(transport == .tcp ? ";transport=tcp" : "")>"
  }

  func add(_ leg: Leg) {
    legs.append(leg)
    byCallID[leg.callID, default: []].append(leg)
  }

  // MARK: Asking

  func via(_ branch: String) -> String {
    let way = transport == .tcp ? "TCP" : "UDP"
    return "SIP/2.0/\(way) \(text(endpoint));branch=\(branch);rport"
  }

  /// Sends a request, as a client transaction.
  func ask(
    _ request: PlainMessage, to remote: Endpoint, over transport: Transport? = nil,
    timedOut: @escaping () -> Void = {}, _ respond: @escaping (PlainMessage) -> Void = { _ in }
  ) -> Asking {
    let asking = Asking(
      request, to: remote, over: transport ?? self.transport, by: self, respond: respond,
      timedOut: timedOut)
    askings[request.branch + request.method] = asking
    asking.start()
    return asking
  }

  // MARK: Receiving

  override package func receive(_ heard: Heard) {
    let message = heard.message
    guard message.isRequest else {
      askings[message.branch + message.cSeqMethod]?.receive(message)
      return
    }
    if message.method == "ACK" { return acknowledge(message) }
    if message.method == "CANCEL" { return cancelled(heard) }
    let key = message.branch + message.method
    if let known = answerings[key] { return known.retransmitted() }
    let answering = Answering(heard, by: self)
    answerings[key] = answering
    forget(key)
    if let tag = message.toTag {
      guard let leg = leg(message.callID, local: tag, remote: message.fromTag) else {
        strangers += 1
        return answering.respond(response(to: message, 481))
      }
      inDialog(message, answering, leg)
    } else if message.method == "INVITE" {
      invited(message, answering)
    } else {
      answering.respond(response(to: message, 200, tag: unique("t")))
    }
  }

  /// Forgets a server transaction when its final response is long gone.
  private func forget(_ key: String) {
    world.schedule(after: .seconds(40)) { [self] in
      guard let known = answerings[key] else { return }
      if known.finalStatus == 0 { return forget(key) }
      answerings[key] = nil
    }
  }

  func legs(of callID: String) -> [Leg] { byCallID[callID] ?? [] }

  func leg(_ callID: String, local: String, remote: String?) -> Leg? {
    for leg in byCallID[callID] ?? [] {
      for one in [leg] + leg.forks
      where one.localTag == local && (one.remoteTag == remote || one.remoteTag == nil) {
        return one
      }
    }
    return nil
  }
}
