import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

/// A scene without telephones: probes that send what a test writes and keep what they hear. West's
/// requests go to east, east's go to west.
final class Exchange {
  let world: World
  let element: Element
  let west: Talker
  let east: Talker
  /// A second target of the peer `east`.
  let second: Talker
  /// Of a peer that has no part in calls between the others.
  let third: Talker

  init(_ layout: Layout = Stage.layout(), over transport: Transport = .udp) {
    world = World(seed: 5)
    element = Element(world, layout.configuration())
    west = Talker("west", in: world, at: Stage.west, over: transport)
    east = Talker("east", in: world, at: Stage.east, over: transport)
    second = Talker("second", in: world, at: Stage.second, over: transport)
    third = Talker("third", in: world, at: "10.3.0.1:5060", over: transport)
  }

  /// Sends text to the border element and lets it travel to the other side and back.
  func send(_ text: String, from talker: Talker, over transport: Transport? = nil) {
    talker.send(Array(text.utf8), to: endpoint(Layout.border), over: transport)
    pause()
  }

  func send(_ message: PlainMessage, from talker: Talker) {
    talker.send(message.bytes, to: endpoint(Layout.border))
    pause()
  }

  func pause(_ interval: Interval = .milliseconds(60)) { world.run(for: interval) }

  /// Answers the last request of a method that a probe heard.
  func answer(
    _ method: String, _ status: Int, by talker: Talker, tag: String = "callee",
    _ change: (inout PlainMessage) -> Void = { _ in }
  ) {
    guard let heard = talker.last(method) else {
      Issue.record("\(talker.name) heard no \(method)")
      return
    }
    var response = talker.response(to: heard.message, status, tag: tag)
    if status < 300, method == "INVITE" {
      response.add("Contact", "<sip:x@\(text(talker.endpoint))>")
    }
    change(&response)
    talker.reply(response.bytes, to: heard)
    pause()
  }

  func answerIfHeard(_ method: String, _ status: Int, by talker: Talker) {
    if talker.last(method) != nil { answer(method, status, by: talker) }
  }

  /// What west and east have after a call between them was answered: the way to speak within it.
  func establish(_ invite: Ask = Ask("INVITE")) -> Dialog {
    send(invite.text, from: west)
    answer("INVITE", 200, by: east)
    let accepted = west.last("200")?.message ?? .response(0)
    let arrived = east.last("INVITE")?.message ?? .response(0)
    let dialog = Dialog(
      callID: invite.callID, west: accepted.all("Record-Route").reversed(),
      east: arrived.all("Record-Route"))
    send(dialog.ask("ACK", fromWest: true).text, from: west)
    return dialog
  }

  func expectNothingLeft(_ place: SourceLocation = #_sourceLocation) {
    world.run(for: .seconds(400))
    let (occupancy, faults) = (element.occupancy, element.faults)
    #expect(element.isEmpty, "\(occupancy)", sourceLocation: place)
    #expect(faults.isEmpty, "\(faults)", sourceLocation: place)
  }
}

/// A request as text, each part of which a test may change.
struct Ask {
  var method: String
  var uri = "sip:bob@10.0.0.1"
  var via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKw1"]
  var maxForwards: String? = "70"
  var from = "<sip:alice@west.example>;tag=caller"
  var to = "<sip:bob@east.example>"
  var callID = "c1@west"
  var number = 1
  var more: [String] = ["Contact: <sip:alice@10.1.0.1>"]
  var body = ""

  init(_ method: String, _ change: (inout Ask) -> Void = { _ in }) {
    self.method = method
    change(&self)
  }

  var text: String {
    var lines = ["\(method) \(uri) SIP/2.0"]
    lines += via.map { "Via: \($0)" }
    if let maxForwards { lines.append("Max-Forwards: \(maxForwards)") }
    lines += ["From: \(from)", "To: \(to)", "Call-ID: \(callID)", "CSeq: \(number) \(method)"]
    lines += more
    lines.append("Content-Length: \(body.utf8.count)")
    return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
  }

  func with(_ change: (inout Ask) -> Void) -> Ask {
    var other = self
    change(&other)
    return other
  }
}

/// A dialog between west and east, as both sides see it.
struct Dialog {
  var callID: String
  var west: [String]
  var east: [String]

  func ask(
    _ method: String, fromWest: Bool, number: Int = 2, branch: String? = nil,
    _ change: (inout Ask) -> Void = { _ in }
  ) -> Ask {
    Ask(method) { ask in
      ask.uri = fromWest ? "sip:x@10.2.0.1:5060" : "sip:alice@10.1.0.1"
      let host = fromWest ? "10.1.0.1:5060" : "10.2.0.1:5060"
      ask.via = ["SIP/2.0/UDP \(host);branch=z9hG4bK\(branch ?? "\(method)\(number)")"]
      let caller = "<sip:alice@west.example>;tag=caller"
      let callee = "<sip:bob@east.example>;tag=callee"
      ask.from = fromWest ? caller : callee
      ask.to = fromWest ? callee : caller
      ask.callID = callID
      ask.number = method == "ACK" ? 1 : number
      ask.more = (fromWest ? west : east).map { "Route: \($0)" }
      change(&ask)
    }
  }
}
