import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

@Suite("DESIGN §3: steer, then own")
struct WorkersOwnTheirCalls {
  private static let workers = 4
  private let world = World(seed: 3)
  private let west: Talker
  private let east: Talker
  private let all: [Element]

  init() {
    let world = world
    west = Talker("west", in: world, at: Stage.west, over: .udp)
    east = Talker("east", in: world, at: Stage.east, over: .udp)
    all = (0..<Self.workers).map {
      Element(world, Stage.layout().configuration(), worker: UInt8($0), of: Self.workers)
    }
  }

  /// Hands a message of west to one worker, whoever owns it.
  private func give(_ text: String, to worker: Int) {
    let flow = Flow(.udp, listener: 0, remote: west.endpoint)
    all[worker].receive(Array(text.utf8), from: flow)
    world.run(for: .milliseconds(20))
  }

  @Test("all requests of a Call-ID have one owner, whoever is asked, and calls are spread")
  func requests() {
    var owners: [Int] = []
    for call in 0..<64 {
      let texts = ["INVITE", "CANCEL", "ACK", "BYE"].map { method in
        Ask(method) {
          $0.callID = "call-\(call)@x"
          $0.via = ["SIP/2.0/UDP 10.1.0.1;branch=z9hG4bK\(method)\(call)"]
        }.text
      }
      let compact = texts[0].replacing("Call-ID:", with: "i :")
      let found = (texts + [compact]).map { all[0].owner(of: Array($0.utf8)) }
      let others = (texts + [compact]).map { all[3].owner(of: Array($0.utf8)) }
      #expect(Set(found + others).count == 1)
      owners.append(found[0])
    }
    for worker in 0..<Self.workers { #expect(owners.filter { $0 == worker }.count > 4) }
  }

  @Test("a response belongs to the worker that is written in our branch", arguments: 0..<workers)
  func responses(_ worker: Int) {
    give(Ask("INVITE").text, to: worker)
    guard let invite = east.last("INVITE")?.message else {
      Issue.record("nothing was sent")
      return
    }
    var response = PlainMessage.response(200)
    for via in invite.all("Via") { response.add("v", via) }
    response.add("Call-ID", "something-else")
    let other = (worker + 1) % Self.workers
    #expect(all[other].owner(of: response.bytes) == worker)
    response.headers[0].value += "x"
    response.headers[0].value = response.headers[0].value.replacing("z9hG4bK", with: "z9hG4bKb")
    #expect(all[other].owner(of: response.bytes) == other)
  }

  @Test("a token of another worker's call opens no call here, though slot and generation agree")
  func foreignToken() {
    give(Ask("INVITE").text, to: 0)
    let route = east.last("INVITE")?.message.all("Record-Route").first ?? ""
    give(Ask("INVITE").text, to: 1)
    let bye = Ask("BYE") {
      $0.uri = "sip:x@10.2.0.1"
      $0.to += ";tag=callee"
      $0.via = ["SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKbye"]
      $0.more = ["Route: \(route)"]
    }
    give(bye.text, to: 1)
    #expect(west.all("481").count == 1)
    #expect(east.all("BYE").isEmpty)
    give(bye.text, to: 0)
    #expect(east.all("BYE").count == 1)
  }

  @Test("a message that cannot be read belongs to whoever received it")
  func unreadable() {
    for text in ["", "\r\n\r\n", "SIP/2.0 200 OK\r\n\r\n", "x", "INVITE x SIP/2.0\r\nVia: y"] {
      #expect(all[2].owner(of: Array(text.utf8)) == 2)
    }
  }
}
