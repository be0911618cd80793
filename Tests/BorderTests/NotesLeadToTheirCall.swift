import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import Testing

@Suite("What is told of a call in several lines has one digest of its Call-ID, and names its peers")
struct NotesLeadToTheirCall {
  /// The peers of `Stage.layout`, in its order.
  private static let (west, east): (UInt16, UInt16) = (0, 1)

  private func failures(
    _ exchange: Exchange
  ) -> [(cause: TargetFailure, subject: Subject, hasNext: Bool)] {
    exchange.element.notes.compactMap { note in
      guard case .targetFailed(let cause, _, let subject, let hasNext) = note else { return nil }
      return (cause, subject, hasNext)
    }
  }

  private func refused(_ exchange: Exchange) -> [Subject] {
    exchange.element.notes.compactMap { note in
      if case .refused(_, let subject, _) = note { subject } else { nil }
    }
  }

  @Test("a target that says 503, and one that says nothing")
  func targets() {
    let exchange = Exchange(Stage.layout(targets: [Stage.east, Stage.second]))
    exchange.send(Ask("INVITE").text, from: exchange.west)
    exchange.answer("INVITE", 503, by: exchange.east)
    exchange.pause(.seconds(33))
    let told = failures(exchange)
    #expect(told.map(\.cause) == [.status, .timeout])
    #expect(told.map(\.hasNext) == [true, false])
    let remotes = told.map(\.subject.flow.remote)
    #expect(remotes == [endpoint(Stage.east), endpoint(Stage.second)])
    #expect(told.map(\.subject.peer.raw) == [Self.east, Self.east])
    let call = exchange.element.ended.first?.call
    #expect(call != nil)
    #expect(told.allSatisfy { $0.subject.callIDDigest == call?.callIDDigest })
    #expect(told.allSatisfy { $0.subject.call == call?.id })
  }

  @Test("each way in which a stream fails", arguments: [Loss.unsent, .refused, .unanswered])
  func streams(loss: Loss) {
    let exchange = Exchange(Stage.layout(over: .tcp), over: .tcp)
    exchange.send(Ask("INVITE").text, from: exchange.west)
    if let owner = exchange.element.owners.last { exchange.element.fail(owner, loss) }
    let expected: [Loss: TargetFailure] = [
      .unsent: .unsent, .refused: .refused, .unanswered: .unanswered,
    ]
    #expect(failures(exchange).map(\.cause) == [expected[loss]])
  }

  @Test("a request that begins no call has its own Call-ID's digest", arguments: [true, false])
  func withoutCall(answers: Bool) {
    let exchange = Exchange(Stage.layout(targets: [Stage.east, Stage.second]))
    exchange.send(Ask("OPTIONS").text, from: exchange.west)
    if answers { exchange.answer("OPTIONS", 503, by: exchange.east) }
    exchange.pause(.seconds(33))
    let known = Ask("MESSAGE") { $0.to += ";tag=nobody" }
    exchange.send(known.text, from: exchange.west)
    let digest = refused(exchange).first?.callIDDigest ?? 0
    #expect(digest != 0)
    let told = failures(exchange)
    #expect(told.isEmpty == false)
    #expect(told.allSatisfy { $0.subject.callIDDigest == digest && $0.subject.call == 0 })
  }

  @Test("a refusal within a call leads to that call's line, and to who was refused")
  func refusal() {
    let exchange = Exchange()
    let dialog = exchange.establish()
    exchange.send(dialog.ask("INFO", fromWest: true).text, from: exchange.third)
    let other = Ask("MESSAGE") {
      $0.callID = "another"
      $0.to += ";tag=nobody"
    }
    exchange.send(other.text, from: exchange.west)
    exchange.element.endCalls()
    let told = refused(exchange)
    let call = exchange.element.ended.first?.call
    #expect(told.map { $0.callIDDigest == call?.callIDDigest } == [true, false])
    #expect(told.map(\.peer.raw) == [2, Self.west])
    #expect(told.map(\.flow.remote) == [exchange.third.endpoint, endpoint(Stage.west)])
  }

  @Test("so does one of a request that had to wait, and one that could not be read")
  func waited() {
    var layout = Stage.layout()
    layout.resolvesNames = true
    let exchange = Exchange(layout)
    exchange.element.names = ["new.example": nil]
    let ask = Ask("MESSAGE") { $0.more = ["Route: <sip:new.example;lr>"] }
    exchange.send(ask.text, from: exchange.west)
    exchange.pause()
    let malformed = Ask("MESSAGE") { $0.maxForwards = "many" }
    exchange.send(malformed.text, from: exchange.west)
    let subjects = exchange.element.notes.compactMap { note -> Subject? in
      switch note {
      case .refused(_, let subject, _), .observed(_, let subject, _): subject
      case .malformed(_, _, let subject, _): subject
      case .unresolved(_, _, let subject): subject
      case .callEnded, .targetFailed, .misplaced, .limitBegan, .limitEnded: nil
      }
    }
    #expect(subjects.count == 3)
    #expect(Set(subjects.map(\.callIDDigest)).count == 1)
    #expect(subjects.allSatisfy { $0.callIDDigest != 0 && $0.peer.raw == Self.west })
    #expect(subjects.allSatisfy { $0.flow.remote == endpoint(Stage.west) })
  }
}
