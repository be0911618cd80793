import Basics
import Border
import Rehearsal
import Routing
import SIP
import Testing

@Suite("A route is open by the clock on the wall, which its owner tells")
struct RoutesKeepHours {
  /// 2026-11-16, a Monday, at midnight.
  private static let monday: Int64 = 1_794_787_200_000_000_000
  private static let hour: Int64 = 3_600_000_000_000

  /// West may call east on Mondays from 08:00 to 18:00.
  private static func layout() -> Layout {
    var hours = Hours()
    (hours.days, hours.start, hours.end) = (1, 480, 1080)
    var layout = Layout()
    let west = layout.peer("west", ["10.1.0.0/16"], at: [Stage.west])
    let east = layout.peer("east", ["10.2.0.0/16"], at: [Stage.east])
    layout.route(from: [west], to: east, at: [Stage.east]) { $0.hours = [hours] }
    return layout
  }

  private func call(_ exchange: Exchange, _ number: Int) -> String {
    exchange.west.forget()
    exchange.east.forget()
    let ask = Ask("MESSAGE") {
      $0.callID = "c\(number)"
      $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKh\(number)"]
    }
    exchange.send(ask.text, from: exchange.west)
    if exchange.east.last("MESSAGE") != nil {
      exchange.answer("MESSAGE", 200, by: exchange.east)
    }
    return exchange.west.heard.last?.message.startLine ?? "nothing"
  }

  @Test("before, within, and after by the time that passes on the monotonic clock")
  func hours() {
    let exchange = Exchange(Self.layout())
    exchange.element.setWall(Self.monday + 7 * Self.hour)
    #expect(call(exchange, 1) == "SIP/2.0 404 Not Found")
    exchange.world.run(for: .seconds(3600))
    #expect(call(exchange, 2) == "SIP/2.0 200 Fine")
    exchange.world.run(for: .seconds(10 * 3600))
    #expect(call(exchange, 3) == "SIP/2.0 404 Not Found")
    // Somebody sets the clock back.
    exchange.element.setWall(Self.monday + 9 * Self.hour)
    #expect(call(exchange, 4) == "SIP/2.0 200 Fine")
    exchange.expectNothingLeft()
  }

  @Test("without a word of its owner the wall's time begins on a Thursday in 1970")
  func unset() {
    #expect(call(Exchange(Self.layout()), 1) == "SIP/2.0 404 Not Found")
  }
}
