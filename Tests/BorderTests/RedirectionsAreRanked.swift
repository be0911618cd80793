import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("RFC 3261 §16.5, §16.7 step 4, §20.10: contacts of a 3xx are tried by their q, and end")
struct RedirectionsAreRanked {
  /// A scene in which west's calls are redirected by east to ten telephones of east's, `p0` to
  /// `p9`, at 10.2.1.0 to 10.2.1.9.
  private final class Scene {
    let exchange: Exchange
    let telephones: [Talker]

    init(resolvesNames: Bool = false, _ names: [String: Address?] = [:]) {
      var layout = Layout()
      let west = layout.peer("west", ["10.1.0.0/16"], at: [Stage.west])
      let east = layout.peer("east", ["10.2.0.0/16"], at: [Stage.east, Stage.second])
      layout.route(from: [west], to: east, at: [Stage.east]) { $0.redirects = .recurse }
      layout.resolvesNames = resolvesNames
      let exchange = Exchange(layout)
      exchange.element.names = names
      telephones = (0..<10).map {
        Talker("p\($0)", in: exchange.world, at: "10.2.1.\($0):5060", over: .udp)
      }
      self.exchange = exchange
    }

    /// Who has an INVITE that nobody has answered.
    var rings: Talker? {
      (telephones + [exchange.east]).first { talker in
        talker.all("INVITE").count > talker.all("ACK").count
      }
    }

    func call(_ contacts: [String]) {
      exchange.send(Ask("INVITE").text, from: exchange.west)
      redirect(to: contacts)
    }

    /// Whose telephone rings answers with a 302.
    func redirect(to contacts: [String]) {
      guard let rings else { return }
      exchange.answer("INVITE", 302, by: rings) { for contact in contacts { $0.add("m", contact) } }
    }

    /// Who is tried, in this order, when everybody is out of service.
    func tried() -> [String] {
      var tried: [String] = []
      while let talker = rings, tried.count < 30 {
        tried.append(talker.name)
        exchange.answer("INVITE", 503, by: talker)
      }
      return tried
    }
  }

  @Test("a contact that is followed loses what no Request-URI may have (RFC 3261 §16.6 step 2)")
  func targetsHaveNoHeaders() {
    let scene = Scene()
    scene.call(["<sip:a@10.2.1.1;x;method=BYE;y=1?Subject=z>"])
    #expect(scene.telephones[1].last("INVITE")?.message.requestURI == "sip:a@10.2.1.1;x;y=1")
    // Without them it is one that was tried.
    scene.redirect(to: ["<sip:a@10.2.1.1;x;y=1>, <sip:a@10.2.1.2?Subject=z>"])
    #expect(scene.tried() == ["p2"])
  }

  @Test(
    "the highest q first, those of one q as they stand, and without q it is 1",
    arguments: [
      (["<sip:10.2.1.1>;q=0.1,<sip:10.2.1.2>;q=0.9", "<sip:10.2.1.3>;q=0.55"], "231"),
      (["<sip:10.2.1.1>;q=0.999, <sip:10.2.1.2>"], "21"),
      (["<sip:10.2.1.1>, <sip:10.2.1.2>;q=1.000, <sip:10.2.1.3>;q=1, <sip:10.2.1.4>"], "1234"),
      (["<sip:10.2.1.1>;q=0.5", "<sip:10.2.1.2>;q=0.50", "<sip:10.2.1.3>;Q=.5"], "312"),
      (["<sip:10.2.1.1>;q=0.001, <sip:10.2.1.2>;q=0.000, <sip:10.2.1.3>;q=0.002"], "312"),
      // What is no qvalue says nothing.
      (["<sip:10.2.1.1>;q=0.9, <sip:10.2.1.2>;q=1.1, <sip:10.2.1.3>;q=0.1234"], "231"),
      // The best four of six.
      ((1...6).map { "<sip:10.2.1.\($0)>;q=0.\($0)" }, "6543"),
      (["<sip:198.51.100.1>, <sip:10.2.1.1>;q=0.2, <tel:+1>, <sip:10.2.1.2>;q=0.3"], "21"),
    ])
  func order(_ contacts: [String], _ expected: String) {
    let scene = Scene()
    scene.call(contacts)
    #expect(scene.tried() == expected.map { "p\($0)" })
    #expect(scene.exchange.west.last("503") != nil)
  }

  @Test("a contact that redirects is replaced by its own contacts, and the others stay behind it")
  func nested() {
    let scene = Scene()
    scene.call(["<sip:10.2.1.1>;q=0.9, <sip:10.2.1.2>;q=0.8"])
    #expect(scene.rings?.name == "p1")
    scene.redirect(to: ["<sip:10.2.1.3>;q=0.1, <sip:10.2.1.4>;q=0.2"])
    #expect(scene.tried() == ["p4", "p3", "p2"])
  }

  @Test("a contact that redirects to nobody leaves the others their turn")
  func deadEnd() {
    let scene = Scene()
    scene.call(["<sip:10.2.1.1>, <sip:10.2.1.2>"])
    scene.redirect(to: ["<sip:198.51.100.1>"])
    #expect(scene.rings?.name == "p2")
    scene.redirect(to: ["<sip:198.51.100.1>"])
    #expect(scene.exchange.west.all("500").count == 1)
  }

  @Test("no URI is tried twice: a ring of redirections ends where it closes")
  func ring() {
    let scene = Scene()
    scene.call(["<sip:a@10.2.1.1>, <sip:a@10.2.1.1>"])
    scene.redirect(to: ["<sip:a@10.2.1.2>"])
    #expect(scene.rings?.name == "p2")
    scene.redirect(to: ["<sip:a@10.2.1.1>", "<sip:a@10.2.1.2>"])
    #expect(scene.rings == nil)
    #expect(scene.exchange.west.all("500").count == 1)
    scene.exchange.send(Ask("ACK").text, from: scene.exchange.west)
    scene.exchange.expectNothingLeft()
  }

  @Test("five redirections are followed, and no more, however many there are")
  func depth() {
    let scene = Scene()
    scene.call(["<sip:u0@10.2.1.0>"])
    var followed = 1
    while scene.rings != nil, followed < 20 {
      scene.redirect(to: ["<sip:u\(followed)@10.2.1.\(followed % 10)>"])
      if scene.rings != nil { followed += 1 }
    }
    #expect(followed == 5)
    #expect(scene.exchange.west.all("500").count == 1)
  }

  @Test("the targets of one request are bounded: four for each of the five")
  func breadth() {
    let scene = Scene()
    scene.call((0..<9).map { "<sip:first@10.2.1.\($0)>" })
    var tried = 0
    while scene.rings != nil, tried < 100 {
      tried += 1
      scene.redirect(to: (0..<9).map { "<sip:u\(tried)@10.2.1.\($0)>" })
    }
    #expect(tried == 20)
    #expect(scene.exchange.west.all("500").count == 1)
    scene.exchange.send(Ask("ACK").text, from: scene.exchange.west)
    scene.exchange.expectNothingLeft()
    #expect(scene.exchange.element.ended.map(\.cause) == [.refused])
  }

  @Test("a contact's name is asked for when its turn comes, and the call waits")
  func names() {
    let scene = Scene(
      resolvesNames: true,
      [
        "one.example": endpoint("10.2.1.1:1").address,
        "two.example": endpoint("10.2.1.2:1").address,
      ]
    )
    scene.exchange.element.resolution = .seconds(1)
    scene.call(["<sip:10.2.1.3>;q=0.1, <sip:x@two.example;y>;q=0.4, <sip:one.example>;q=0.5"])
    #expect(scene.exchange.element.asked == ["one.example"])
    #expect(scene.rings == nil)
    scene.exchange.pause(.seconds(1))
    #expect(scene.rings?.name == "p1")
    scene.exchange.answer("INVITE", 503, by: scene.telephones[1])
    #expect(scene.exchange.element.asked == ["one.example", "two.example"])
    scene.exchange.pause(.seconds(1))
    #expect(scene.telephones[2].last("INVITE")?.message.requestURI == "sip:x@two.example;y")
    scene.exchange.answer("INVITE", 503, by: scene.telephones[2])
    #expect(scene.rings?.name == "p3")
    scene.exchange.answer("INVITE", 200, by: scene.telephones[3])
    #expect(scene.exchange.west.all("200").count == 1)
    #expect(scene.exchange.element.occupancy.calls == 1)
  }

  @Test("a name without an address, of no peer or without an answer gives way to the next contact")
  func lostNames() {
    let scene = Scene(
      resolvesNames: true, ["none.example": nil, "far.example": endpoint("198.51.100.1:1").address])
    scene.call(["<sip:none.example>, <sip:far.example>, <sip:silent.example>, <sip:10.2.1.1>"])
    scene.exchange.pause(.milliseconds(100))
    #expect(scene.exchange.element.asked == ["none.example", "far.example", "silent.example"])
    scene.exchange.pause(.seconds(3))
    #expect(scene.rings == nil)
    scene.exchange.pause(.seconds(2))
    #expect(scene.rings?.name == "p1")
    scene.exchange.answer("INVITE", 486, by: scene.telephones[1])
    scene.exchange.send(Ask("ACK").text, from: scene.exchange.west)
    scene.exchange.expectNothingLeft()
  }

  @Test("where no contact has an address the caller gets the 500 of a refused redirection")
  func noAddress() {
    let scene = Scene(resolvesNames: true, ["none.example": nil])
    scene.call(["<sip:none.example>"])
    scene.exchange.pause(.milliseconds(100))
    #expect(
      scene.exchange.west.last("500")?.message.startLine == "SIP/2.0 500 Redirection Refused")
    scene.exchange.send(Ask("ACK").text, from: scene.exchange.west)
    scene.exchange.expectNothingLeft()
    #expect(scene.exchange.element.ended.map(\.cause) == [.refused])
  }

  @Test("names are asked for only where the policy lets them be")
  func forbiddenNames() {
    let scene = Scene(resolvesNames: false, ["one.example": endpoint("10.2.1.1:1").address])
    scene.call(["<sip:one.example>, <sip:10.2.1.2>"])
    #expect(scene.exchange.element.asked.isEmpty)
    #expect(scene.rings?.name == "p2")
  }

  @Test("a CANCEL ends the waiting for a contact's name: 487, and nobody is called")
  func cancelled() {
    let scene = Scene(resolvesNames: true, ["one.example": endpoint("10.2.1.1:1").address])
    scene.exchange.element.resolution = .seconds(1)
    scene.call(["<sip:one.example>, <sip:10.2.1.2>"])
    scene.exchange.send(Ask("CANCEL").text, from: scene.exchange.west)
    #expect(scene.exchange.west.heard.map(\.message.status) == [100, 200, 487])
    scene.exchange.send(Ask("ACK").text, from: scene.exchange.west)
    scene.exchange.pause(.seconds(2))
    #expect(scene.rings == nil)
    scene.exchange.expectNothingLeft()
    #expect(scene.exchange.element.ended.map(\.cause) == [.cancelled])
  }
}
