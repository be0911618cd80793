import Basics
import CLinux
import Foundation
import Platform
import Testing

@Suite("Streams")
struct StreamTests {
  private func start(
    _ witness: Witness = Witness(), notes: Bool = false, _ change: (inout Limits) -> Void = { _ in }
  ) throws -> Workers<EchoElement> {
    var settings = Settings()
    change(&settings.limits)
    return try Workers([Listener(.tcp, loopback)], settings) { worker, _ in
      EchoElement(worker, witness, notes: notes)
    }
  }

  @Test("IPv6 streams come in and go out")
  func ipv6() throws {
    let witness = Witness()
    let workers = try Workers([Listener(.tcp, loopback6)], Settings()) { worker, _ in
      EchoElement(worker, witness)
    }
    defer { ended(workers) }
    let peer = Peer(true, ipv4: false)
    #expect(peer.connect(to: workers.listeners[0].local.port))
    #expect(echoes(peer, message("E", "over IPv6")))
    let server = Peer(true, ipv4: false)
    #expect(server.bind(port: 0))
    #expect(listen(server.number, 4) == 0)
    let flow = Flow(.tcp, listener: 0, remote: server.endpoint)
    workers.post(.send(flow, owner: 1, count: 10, times: 1), to: 0)
    #expect(server.accept()?.read(exactly: 10).count == 10)
  }

  private func echoes(_ peer: Peer, _ text: String) -> Bool {
    peer.write(text) && peer.reads(text)
  }

  @Test("messages are found wherever the segments are cut")
  func everyCut() throws {
    let workers = try start()
    defer { ended(workers) }
    let peer = Peer.stream(to: workers.listeners[0].local.port)
    let text = Array((message("E", "first") + message("E", "second one") + message("E", "")).utf8)
    for cut in 1..<text.count {
      #expect(peer.write(Array(text[0..<cut])))
      usleep(300)
      #expect(peer.write(Array(text[cut...])))
      #expect(peer.reads(text))
    }
    for octet in text {
      #expect(peer.write([octet]))
      usleep(200)
    }
    #expect(peer.reads(text))
    #expect(workers.counters(of: 0)[.streamMessagesIn] == UInt64(3 * text.count))
    #expect(workers.counters(of: 0)[.accepted] == 1)
  }

  @Test("many messages in one segment come back in order, and long ones whole")
  func manyInOne() throws {
    let workers = try start()
    defer { ended(workers) }
    let peer = Peer.stream(to: workers.listeners[0].local.port)
    let many = (0..<1_000).map { message("E", "number \($0)") }.joined()
    #expect(echoes(peer, many))
    let long = message("E", String(repeating: "x", count: 65_000))
    #expect(echoes(peer, long))
    #expect(echoes(peer, long + many))
  }

  @Test("RFC 5626 §3.5.1: a ping gets a pong, a lone CRLF nothing")
  func keepAlive() throws {
    let workers = try start()
    defer { ended(workers) }
    let peer = Peer.stream(to: workers.listeners[0].local.port)
    #expect(peer.write("\r\n\r\n"))
    #expect(peer.read() == [0x0d, 0x0a])
    #expect(peer.write("\r\n"))
    usleep(20_000)
    #expect(echoes(peer, message("E", "after")))
  }

  @Test("a stream that cannot be framed, or whose message is too long, is closed")
  func unframed() throws {
    let witness = Witness()
    let workers = try start(witness) { $0.lingering = .milliseconds(100) }
    defer { ended(workers) }
    let port = workers.listeners[0].local.port
    let first = Peer.stream(to: port)
    #expect(first.write("?"))
    #expect(first.isClosedByOther())
    let second = Peer.stream(to: port)
    let long = "E99999\n" + String(repeating: "x", count: 70_000)
    _ = second.write(long)
    #expect(second.isClosedByOther())
    #expect(workers.counters(of: 0)[.unframed] == 2)
    #expect(eventually { witness.closings == [.unframed, .unframed] })
    #expect(eventually { workers.counters(of: 0)[.open] == 0 })
  }

  @Test("a message that is the last one of its stream is answered, and nothing after it is taken")
  func last() throws {
    let witness = Witness()
    let workers = try start(witness, notes: true) { $0.lingering = .milliseconds(100) }
    defer { ended(workers) }
    let peer = Peer.stream(to: workers.listeners[0].local.port)
    #expect(peer.write(message("L", "last") + message("E", "after")))
    #expect(peer.read() == Array(message("L", "last").utf8))
    #expect(peer.isClosedByOther())
    #expect(witness.messages.count == 1)
    #expect(eventually { witness.closings == [.unframed] })
  }

  @Test("a message that is too long is not taken when it comes whole, and the longest one is")
  func tooLong() throws {
    let witness = Witness()
    let workers = try start(witness, notes: true) {
      $0.lingering = .milliseconds(100)
      $0.message = 2_048
    }
    defer { ended(workers) }
    let peer = Peer.stream(to: workers.listeners[0].local.port)
    let longest = message("E", String(repeating: "x", count: 2_048 - 6))
    #expect(longest.utf8.count == 2_048)
    #expect(echoes(peer, longest))
    #expect(peer.write(message("E", String(repeating: "x", count: 2_049 - 6))))
    #expect(peer.isClosedByOther())
    #expect(witness.messages.count == 1)
    #expect(workers.counters(of: 0)[.unframed] == 1)
  }

  @Test("nothing more is taken of a stream that was closed amid what it brought")
  func closedMeanwhile() throws {
    let witness = Witness()
    let workers = try start(witness, notes: true)
    defer { ended(workers) }
    let peer = Peer.stream(to: workers.listeners[0].local.port)
    // All is there when the worker looks, in one piece. The close is carried out when the outbox
    // has no room for another input: with the 993rd of 1,024 messages, as one may cause 32.
    workers.post(.pause(50), to: 0)
    usleep(10_000)
    #expect(peer.write(message("X", "") + (0..<4_000).map { _ in message("E", "") }.joined()))
    #expect(peer.reads(message("X", "") + (1..<993).map { _ in message("E", "") }.joined()))
    #expect(peer.read()?.isEmpty == true)
    #expect(eventually { workers.counters(of: 0)[.open] == 0 })
    #expect(witness.messages.count == 993)
  }

  @Test("a peer that never ends its message is closed; one that does is not")
  func unfinished() throws {
    let witness = Witness()
    let workers = try start(witness) { $0.unfinished = .milliseconds(150) }
    defer { ended(workers) }
    let port = workers.listeners[0].local.port
    let good = Peer.stream(to: port)
    #expect(echoes(good, message("E", "good")))
    let silent = Peer.stream(to: port)
    let half = Peer.stream(to: port)
    #expect(half.write("E10\nhalf"))
    #expect(silent.isClosedByOther())
    #expect(half.isClosedByOther())
    #expect(workers.counters(of: 0)[.late] == 2)
    #expect(eventually { witness.closings == [.unfinished, .unfinished] })
    #expect(echoes(good, message("E", "still good")))
    #expect(good.write("E10\nhalf"))
    #expect(good.isClosedByOther())
  }

  @Test("a silent stream is closed after its time, and a ping keeps it")
  func idle() throws {
    let witness = Witness()
    let workers = try start(witness) { $0.idle = .milliseconds(300) }
    defer { ended(workers) }
    let peer = Peer.stream(to: workers.listeners[0].local.port)
    #expect(echoes(peer, message("E", "a")))
    for _ in 0..<5 {
      usleep(100_000)
      #expect(peer.write("\r\n\r\n"))
      #expect(peer.read() == [0x0d, 0x0a])
      #expect(workers.counters(of: 0)[.closed] == 0)
    }
    #expect(peer.isClosedByOther())
    #expect(workers.counters(of: 0)[.late] == 1)
    #expect(eventually { witness.closings == [.idle] })
    #expect(witness.closedRemotes == [Endpoint(loopback.address, port: peer.port)])
  }

  @Test("a peer that does not read is closed, its owners are told, and others go on")
  func unread() throws {
    let witness = Witness()
    let workers = try start(witness) { $0.waiting = 64 << 10 }
    defer { ended(workers) }
    let port = workers.listeners[0].local.port
    let good = Peer.stream(to: port)
    let deaf = Peer.listening()
    let flow = Flow(.tcp, listener: 0, remote: deaf.endpoint)
    var sent: UInt64 = 0
    while witness.failed.isEmpty, sent < 4_000 {
      workers.post(.send(flow, owner: 1 + sent, count: 8_000, times: 20), to: 0)
      sent += 20
      #expect(echoes(good, message("E", "and I?")))
    }
    #expect(eventually { workers.counters(of: 0)[.unread] >= 1 })
    // What was in the queue when the stream was closed, and the message for which there was no
    // room.
    #expect(witness.failed.count >= 8)
    #expect(witness.refused.isEmpty)
    #expect(Set(witness.failed).count == witness.failed.count)
    #expect(echoes(good, message("E", "still there")))
  }

  @Test("a peer that stops reading is closed after a time")
  func stalled() throws {
    let witness = Witness()
    let workers = try start(witness) {
      $0.stalled = .milliseconds(200)
      $0.waiting = 32 << 20
    }
    defer { ended(workers) }
    let deaf = Peer.listening()
    let flow = Flow(.tcp, listener: 0, remote: deaf.endpoint)
    for _ in 0..<25 { workers.post(.send(flow, owner: 1, count: 30_000, times: 20), to: 0) }
    #expect(eventually { workers.counters(of: 0)[.unread] == 1 })
    #expect(eventually { !witness.failed.isEmpty })
    #expect(eventually { witness.closings == [.unread] })
  }

  @Test("a refused connection is told to the owner of each message")
  func refused() throws {
    let witness = Witness()
    let workers = try start(witness)
    defer { ended(workers) }
    let remote = Peer.refusing()
    let flow = Flow(.tcp, listener: 0, remote: remote)
    workers.post(.send(flow, owner: 1, count: 5, times: 3), to: 0)
    #expect(eventually { witness.failed.count == 3 })
    #expect(witness.failed.sorted() == [1, 2, 3])
    #expect(witness.refused.sorted() == [1, 2, 3])
    let other = Flow(.tcp, listener: 0, remote: Endpoint(loopback6.address, port: remote.port))
    workers.post(.send(other, owner: 9, count: 5, times: 1), to: 0)
    #expect(eventually { witness.failed.last == 9 })
    // That was no answer of a peer's.
    #expect(!witness.refused.contains(9))
    #expect(workers.counters(of: 0)[.open] == 0)
  }

  @Test("a connection that is never set up fails in time")
  func timeout() throws {
    let witness = Witness()
    let workers = try start(witness) { $0.connect = .milliseconds(150) }
    defer { ended(workers) }
    // A listener whose queue is full answers no further SYN.
    let full = Peer.listening(backlog: 0)
    let first = Peer.stream(to: full.port)
    let flow = Flow(.tcp, listener: 0, remote: full.endpoint)
    workers.post(.send(flow, owner: 5, count: 5, times: 2), to: 0)
    #expect(eventually { witness.failed.count == 2 })
    #expect(witness.refused == [5, 6])
    #expect(first.port != 0)
  }

  @Test("a connection is made once, from the listener's address, and made anew when it is gone")
  func outgoing() throws {
    let witness = Witness()
    let workers = try start(witness, notes: true)
    defer { ended(workers) }
    let server = Peer.listening()
    let flow = Flow(.tcp, listener: 0, remote: server.endpoint)
    workers.post(.send(flow, owner: 1, count: 10, times: 2), to: 0)
    let accepted = try #require(server.accept())
    #expect(accepted.read(exactly: 20).count == 20)
    workers.post(.send(flow, owner: 1, count: 10, times: 1), to: 0)
    #expect(accepted.read(exactly: 10).count == 10)
    #expect(workers.counters(of: 0)[.connected] == 1)
    #expect(echoes(accepted, message("E", "both ways")))

    // RFC 3261 §18.2.2: the named connection is gone, so a new one is opened to where the flow
    // leads.
    var named = try #require(witness.messages.first?.flow)
    named.remote = server.endpoint
    shutdown(accepted.number, Int32(SHUT_RDWR))
    #expect(eventually { workers.counters(of: 0)[.closed] == 1 })
    workers.post(.send(named, owner: 1, count: 10, times: 1), to: 0)
    let again = try #require(server.accept())
    #expect(again.read(exactly: 10).count == 10)
    #expect(witness.failed.isEmpty)
  }

  @Test("a stream that is closed on purpose first writes what was queued")
  func closing() throws {
    let workers = try start()
    defer { ended(workers) }
    let port = workers.listeners[0].local.port
    for _ in 0..<20 {
      let peer = Peer.stream(to: port)
      let text = message("X", String(repeating: "x", count: 60_000))
      #expect(peer.write(text + "more that nobody reads"))
      #expect(peer.reads(text))
      #expect(peer.read()?.isEmpty == true)
    }
    #expect(eventually { workers.counters(of: 0)[.open] == 0 })
  }

  @Test("one source has only so many streams, and gets them back")
  func perSource() throws {
    let witness = Witness()
    let workers = try start(witness) { $0.connectionsPerSource = 3 }
    defer { ended(workers) }
    let port = workers.listeners[0].local.port
    do {
      let peers = (0..<3).map { _ in Peer.stream(to: port) }
      for peer in peers { #expect(echoes(peer, message("E", "in"))) }
      let fourth = Peer.stream(to: port)
      #expect(fourth.isClosedByOther())
      #expect(workers.counters(of: 0)[.refused] == 1)
      #expect(eventually { witness.closings == [.tooMany] })
      withExtendedLifetime(peers) {}
    }
    #expect(eventually { workers.counters(of: 0)[.open] == 0 })
    // A peer that ends its own streams is none of the operator's business.
    #expect(witness.closings == [.tooMany])
    let peer = Peer.stream(to: port)
    #expect(echoes(peer, message("E", "again")))
  }

  @Test("many half-open peers keep nobody waiting")
  func halfOpen() throws {
    let workers = try start()
    defer { ended(workers) }
    let port = workers.listeners[0].local.port
    let halfOpen = (0..<400).map { _ in Peer.stream(to: port) }
    for peer in halfOpen { peer.write("E10\nhalf") }
    let good = Peer.stream(to: port)
    #expect(echoes(good, message("E", "first")))
    let turns = workers.counters(of: 0)[.turns]
    for number in 0..<100 { #expect(echoes(good, message("E", "\(number)"))) }
    // They cost no turn of the loop while they do nothing.
    #expect(workers.counters(of: 0)[.turns] < turns + 300)
    #expect(workers.counters(of: 0)[.open] == 401)
    withExtendedLifetime(halfOpen) {}
  }
}
