import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite(
  "routing: { lost-routes: mend }: a request without its route set finds its call all the same")
struct LostRoutesAreMended {
  private func exchange(over transport: Transport, mends: Bool = true) -> Exchange {
    var layout = Stage.layout()
    layout.mendsLostRoutes = mends
    return Exchange(layout, over: transport)
  }

  private func invite(over transport: Transport) -> Ask {
    Ask("INVITE") { ask in
      guard transport.isReliable else { return }
      ask.via = ["SIP/2.0/TCP 10.1.0.1:5060;branch=z9hG4bKw1"]
      ask.more = ["Contact: <sip:alice@10.1.0.1;transport=tcp>"]
    }
  }

  private func lost(_ dialog: Dialog, _ method: String, fromWest: Bool, number: Int = 2) -> String {
    dialog.ask(method, fromWest: fromWest, number: number) { $0.more = [] }.text
  }

  @Test("in both directions", arguments: Transport.carried)
  func bothWays(_ transport: Transport) {
    let exchange = exchange(over: transport)
    let dialog = exchange.establish(invite(over: transport))
    exchange.send(lost(dialog, "INFO", fromWest: true), from: exchange.west)
    #expect(exchange.east.all("INFO").count == 1)
    exchange.answer("INFO", 200, by: exchange.east)
    exchange.send(lost(dialog, "BYE", fromWest: false, number: 3), from: exchange.east)
    #expect(exchange.west.all("BYE").count == 1)
    exchange.answer("BYE", 200, by: exchange.west)
    #expect(exchange.element.ended.map(\.cause) == [.bye])
    exchange.expectNothingLeft()
  }

  @Test("a caller that connected is asked on his own connection: nobody can connect to him")
  func callersConnection() {
    let exchange = exchange(over: .tcp)
    let dialog = exchange.establish(invite(over: .tcp))
    exchange.west.stopListening()
    let first = exchange.west.last("200")?.stream
    exchange.send(lost(dialog, "INFO", fromWest: false), from: exchange.east)
    #expect(exchange.west.last("INFO")?.stream === first)
    exchange.answer("INFO", 200, by: exchange.west)
    #expect(exchange.east.all("200").count == 1)
    // He connects anew, and is asked there from then on.
    exchange.west.hangUpStreams()
    exchange.pause()
    exchange.send(lost(dialog, "UPDATE", fromWest: true, number: 3), from: exchange.west)
    exchange.answer("UPDATE", 200, by: exchange.east)
    let second = exchange.west.last("200")?.stream
    exchange.send(lost(dialog, "BYE", fromWest: false, number: 4), from: exchange.east)
    #expect(exchange.west.last("BYE")?.stream === second)
    let isNew = second !== first
    #expect(isNew)
    exchange.answer("BYE", 200, by: exchange.west)
    exchange.expectNothingLeft()
  }

  @Test("without it, such a request belongs to no call: 481")
  func notMended() {
    let exchange = exchange(over: .udp, mends: false)
    let dialog = exchange.establish()
    exchange.send(lost(dialog, "BYE", fromWest: true), from: exchange.west)
    #expect(exchange.west.all("481").count == 1)
    #expect(exchange.east.all("BYE").isEmpty)
  }
}
