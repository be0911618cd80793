import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("RFC 4028: a call whose BYE was lost ends when its session expires")
struct SessionsExpire {
  private func establish(
    _ exchange: Exchange, expires: Int?
  ) -> Rehearsal.PlainMessage? {
    exchange.send(SessionsAreLimited.invite(1).text, from: exchange.west)
    exchange.answer("INVITE", 200, by: exchange.east) { response in
      if let expires { response.add("Session-Expires", "\(expires);refresher=uac") }
    }
    return exchange.west.last("200")?.message
  }

  private func dialog(_ accepted: Rehearsal.PlainMessage?, _ exchange: Exchange) -> Dialog {
    Dialog(
      callID: "c1@10.1.0.1:5060", west: accepted?.all("Record-Route").reversed() ?? [],
      east: exchange.east.last("INVITE")?.message.all("Record-Route") ?? [])
  }

  private func refresh(
    _ exchange: Exchange, _ dialog: Dialog, _ method: String, _ number: Int, expires: Int?,
    status: Int = 200
  ) {
    exchange.send(dialog.ask(method, fromWest: true, number: number).text, from: exchange.west)
    exchange.answer(method, status, by: exchange.east) { response in
      if let expires { response.add("x", "\(expires)") }
    }
  }

  @Test("with a cause of its own, after its interval and a grace for the BYE")
  func expires() {
    let exchange = Exchange()
    _ = establish(exchange, expires: 300)
    exchange.pause(.seconds(330))
    #expect(exchange.element.ended.isEmpty)
    // The table of calls is looked at now and then.
    exchange.pause(.seconds(40))
    #expect(exchange.element.ended.map(\.cause) == [.sessionExpired])
    #expect(exchange.element.sessions.calls == 0)
    exchange.expectNothingLeft()
  }

  @Test("a refresh renews it, by INVITE or UPDATE", arguments: ["INVITE", "UPDATE"])
  func refreshed(_ method: String) {
    let exchange = Exchange()
    let dialog = dialog(establish(exchange, expires: 300), exchange)
    for number in 2..<6 {
      exchange.pause(.seconds(150))
      refresh(exchange, dialog, method, number, expires: 300)
    }
    #expect(exchange.element.ended.isEmpty)
    exchange.pause(.seconds(330))
    #expect(exchange.element.ended.isEmpty)
    exchange.pause(.seconds(40))
    #expect(exchange.element.ended.map(\.cause) == [.sessionExpired])
  }

  @Test("a 2xx without Session-Expires takes it away, and what is no 2xx does not")
  func takenAway() {
    let exchange = Exchange()
    let dialog = dialog(establish(exchange, expires: 300), exchange)
    refresh(exchange, dialog, "UPDATE", 2, expires: nil, status: 491)
    refresh(exchange, dialog, "INFO", 3, expires: nil)
    exchange.pause(.seconds(100))
    refresh(exchange, dialog, "UPDATE", 4, expires: nil)
    exchange.pause(.seconds(3600))
    #expect(exchange.element.ended.isEmpty)
    refresh(exchange, dialog, "UPDATE", 5, expires: 100)
    refresh(exchange, dialog, "UPDATE", 6, expires: nil, status: 491)
    exchange.pause(.seconds(180))
    #expect(exchange.element.ended.map(\.cause) == [.sessionExpired])
  }

  @Test("without it a call lasts as long as any may, and an interval that is none changes nothing")
  func none() {
    let exchange = Exchange()
    exchange.send(SessionsAreLimited.invite(1).text, from: exchange.west)
    exchange.answer("INVITE", 200, by: exchange.east) { $0.add("Session-Expires", "soon") }
    exchange.pause(.seconds(4000))
    #expect(exchange.element.ended.isEmpty)
  }

  @Test("one that is shorter than RFC 4028 §4 lets any be counts as 90 s")
  func least() {
    let exchange = Exchange()
    _ = establish(exchange, expires: 1)
    exchange.pause(.seconds(120))
    #expect(exchange.element.ended.isEmpty)
    exchange.pause(.seconds(40))
    #expect(exchange.element.ended.map(\.cause) == [.sessionExpired])
  }

  @Test("a call ends at the longest that its caller or its callee lets it last", arguments: [0, 1])
  func maxDuration(_ peer: Int) {
    var layout = Stage.layout()
    layout.maxDurations = [PeerID(raw: UInt16(peer)): .seconds(100)]
    let exchange = Exchange(layout)
    exchange.send(SessionsAreLimited.invite(1).text, from: exchange.west)
    exchange.answer("INVITE", 180, by: exchange.east)
    exchange.pause(.seconds(60))
    exchange.answer("INVITE", 200, by: exchange.east)
    exchange.pause(.seconds(95))
    #expect(exchange.element.ended.isEmpty)
    exchange.pause(.seconds(40))
    #expect(exchange.element.ended.map(\.cause) == [.tooLong])
    // Another pair of peers has its own.
    #expect(exchange.element.sessions.calls == 0)
  }
}
