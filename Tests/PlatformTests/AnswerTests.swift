import Basics
import CLinux
import Foundation
import Platform
import Testing

@Suite("Messages whose stream ends before they are answered")
struct AnswerTests {
  private func start(
    _ witness: Witness, _ change: (inout Limits) -> Void = { _ in }
  ) throws -> Workers<EchoElement> {
    var settings = Settings()
    change(&settings.limits)
    return try Workers([Listener(.tcp, loopback)], settings) { worker, _ in
      EchoElement(worker, witness, notes: true)
    }
  }

  /// Sends messages over a stream that we open, and waits until the other side has them.
  private func send(
    _ times: Int, owner: UInt64, _ workers: borrowing Workers<EchoElement>, to server: Peer
  ) throws -> Peer {
    let flow = Flow(.tcp, listener: 0, remote: server.endpoint)
    workers.post(.send(flow, owner: owner, count: 10, times: times), to: 0)
    let accepted = try #require(server.accept())
    #expect(accepted.read(exactly: 10 * times).count == 10 * times)
    return accepted
  }

  @Test("their owners are told at once, whether it ends or is aborted", arguments: [false, true])
  func told(isAbort: Bool) throws {
    let witness = Witness()
    let workers = try start(witness)
    defer { ended(workers) }
    let server = Peer.listening()
    let peer = try send(3, owner: 10, workers, to: server)
    #expect(witness.unanswered.isEmpty)
    if isAbort { peer.abort() } else { shutdown(peer.number, Int32(SHUT_RDWR)) }
    #expect(eventually { witness.unanswered == [10, 11, 12] })
    #expect(witness.failed.isEmpty)
    // A new stream to the same place begins with nothing.
    let again = try send(1, owner: 20, workers, to: server)
    shutdown(again.number, Int32(SHUT_RDWR))
    #expect(eventually { witness.unanswered == [10, 11, 12, 20] })
  }

  @Test("answers that came before the end are taken first, though writing finds the end before")
  func answersBeforeTheEnd() throws {
    let witness = Witness()
    let workers = try start(witness)
    defer { ended(workers) }
    let server = Peer.listening()
    let peer = try send(1, owner: 10, workers, to: server)
    let flow = Flow(.tcp, listener: 0, remote: server.endpoint)
    // While the worker stands still, more is to be sent, the answers come, and the stream is
    // aborted.
    workers.post(.pause(100), to: 0)
    usleep(20_000)
    workers.post(.pause(200), to: 0)
    workers.post(.send(flow, owner: 20, count: 10, times: 1), to: 0)
    let answers = (0..<200).map { message("D", "\($0) " + String(repeating: "x", count: 200)) }
    #expect(peer.write(answers.joined()))
    usleep(10_000)
    peer.abort()
    #expect(eventually { witness.failed == [20] })
    #expect(witness.unanswered == [10])
    let isSame = witness.messages.map(\.text) == answers.map { String($0.prefix(32)) }
    #expect(isSame)
  }

  @Test("so are they when it is silent for too long")
  func idle() throws {
    let witness = Witness()
    let workers = try start(witness) { $0.idle = .milliseconds(150) }
    defer { ended(workers) }
    let server = Peer.listening()
    let peer = try send(2, owner: 10, workers, to: server)
    #expect(peer.isClosedByOther())
    #expect(eventually { witness.unanswered == [10, 11] })
  }

  @Test("those with an answer are forgotten, for a few questions each")
  func answered() throws {
    let witness = Witness()
    let workers = try start(witness)
    defer { ended(workers) }
    let server = Peer.listening()
    let peer = try send(40, owner: 10, workers, to: server)
    let flow = Flow(.tcp, listener: 0, remote: server.endpoint)
    for round in 0..<100 as Range<UInt64> {
      let owner = EchoElement.answered + 20 * round
      workers.post(.send(flow, owner: owner, count: 10, times: 20), to: 0)
      #expect(peer.read(exactly: 200).count == 200)
    }
    shutdown(peer.number, Int32(SHUT_RDWR))
    #expect(eventually { witness.unanswered.count >= 40 })
    #expect(Array(witness.unanswered.prefix(40)) == Array(10..<50))
    #expect(witness.unanswered.count < 140)
    #expect(witness.asked < 3 * 2_040)
  }

  @Test("more than the limit are not remembered")
  func limit() throws {
    let witness = Witness()
    let workers = try start(witness) { $0.unanswered = 100 }
    defer { ended(workers) }
    let server = Peer.listening()
    let peer = try send(1, owner: 10, workers, to: server)
    let flow = Flow(.tcp, listener: 0, remote: server.endpoint)
    for round in 0..<100 as Range<UInt64> {
      workers.post(.send(flow, owner: 1_000 + 20 * round, count: 10, times: 20), to: 0)
      #expect(peer.read(exactly: 200).count == 200)
    }
    shutdown(peer.number, Int32(SHUT_RDWR))
    #expect(eventually { witness.unanswered.last == 2_999 })
    #expect((100...190).contains(witness.unanswered.count))
  }
}
