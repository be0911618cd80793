import Basics
import Border
import Rehearsal
import SIP
import Testing

@Suite("Timers and names change with the policy for what is new, and for nothing else")
struct CallsKeepTheirTimers {
  private static func policy(timerC: Int64, targets: [String] = [Stage.east]) -> Configuration {
    var configuration = CallsKeepTheirPolicy.policy(targets: targets).configuration()
    configuration.timerC = .seconds(timerC)
    return configuration
  }

  private func callAnew(_ exchange: Exchange) {
    let ask = Ask("INVITE") {
      $0.callID = "c2@west"
      $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKother"]
    }
    exchange.send(ask.text, from: exchange.west)
  }

  @Test("a call may ring as long as its policy said, at every target that it tries")
  func timerC() {
    let exchange = Exchange(CallsKeepTheirPolicy.policy(targets: [Stage.east, Stage.second]))
    let targets = [Stage.east, Stage.second]
    exchange.element.adopt(Self.policy(timerC: 185, targets: targets))
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.element.adopt(Self.policy(timerC: 5))
    exchange.answer("INVITE", 503, by: exchange.east)
    exchange.answer("INVITE", 180, by: exchange.second)
    exchange.pause(.seconds(170))
    #expect(exchange.second.all("CANCEL").isEmpty && exchange.west.all("408").isEmpty)
    exchange.pause(.seconds(20))
    #expect(!exchange.second.all("CANCEL").isEmpty)
  }

  @Test("a call that begins after it may ring as long as the new policy says")
  func timerCOfNew() {
    let exchange = Exchange(CallsKeepTheirPolicy.policy())
    exchange.element.adopt(Self.policy(timerC: 185))
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.element.adopt(Self.policy(timerC: 5))
    callAnew(exchange)
    exchange.answer("INVITE", 180, by: exchange.east)
    exchange.pause(.seconds(10))
    #expect(exchange.east.all("CANCEL").count { $0.message.callID == "c2@west" } > 0)
    #expect(exchange.east.all("CANCEL").count { $0.message.callID == "c1@west" } == 0)
  }

  private static func policy(name: String) -> Configuration {
    var configuration = CallsKeepTheirPolicy.policy().configuration()
    configuration.names = [Array(name.utf8)]
    return configuration
  }

  @Test("a name that the element had when a call began is its own within that call")
  func names() {
    let exchange = Exchange(CallsKeepTheirPolicy.policy())
    let old = exchange.establish()
    exchange.element.adopt(Self.policy(name: "new.example"))
    func info(_ dialog: Dialog, by name: String, _ number: Int) -> String {
      // A proxy that was configured at the telephone stands before what the dialog has.
      dialog.ask("INFO", fromWest: true, number: number) {
        $0.more = ["Route: <sip:\(name);lr>"] + $0.more
      }.text
    }
    exchange.send(info(old, by: "border.example", 5), from: exchange.west)
    #expect(exchange.east.all("INFO").count == 1)
    #expect(exchange.east.last("INFO")?.message.all("Route") == [])
    exchange.answer("INFO", 200, by: exchange.east)
    // It is not that call's own name.
    exchange.send(info(old, by: "new.example", 6), from: exchange.west)
    #expect(exchange.east.all("INFO").count == 1)

    callAnew(exchange)
    exchange.answer("INVITE", 200, by: exchange.east)
    let route = exchange.west.all("200").last?.message.all("Record-Route") ?? []
    let new = Dialog(callID: "c2@west", west: route.reversed(), east: [])
    exchange.send(info(new, by: "new.example", 7), from: exchange.west)
    #expect(exchange.east.all("INFO").count == 2)
    exchange.answer("INFO", 200, by: exchange.east)
    exchange.send(info(new, by: "border.example", 8), from: exchange.west)
    #expect(exchange.east.all("INFO").count == 2)
  }
}
