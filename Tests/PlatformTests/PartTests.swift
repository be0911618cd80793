import BasicContainers
import Basics
import CLinux
import Foundation
import Synchronization
import Testing

@testable import Platform

@Suite("Parts")
struct PartTests {
  private let nowhere = Flow(.udp, listener: 0, remote: loopback)

  @Test("a ring gives back in order what it took, and says when it is full")
  func ring() {
    let ring = Ring(capacity: 4_096)
    var pushed: UInt64 = 0
    var taken: UInt64 = 0
    var refused = 0
    for step in 0..<20_000 {
      let body = [UInt8](repeating: UInt8(truncatingIfNeeded: pushed), count: step * 7 % 900)
      let envelope = Envelope(.message, nowhere, owner: pushed)
      if ring.push(envelope, body.span) { pushed += 1 } else { refused += 1 }
      if step % 5 == 0 || Bool.random() { continue }
      guard let front = ring.front() else { continue }
      #expect(front.owner == taken)
      let isSame = isAll(ring.body(of: front), UInt8(truncatingIfNeeded: taken))
      #expect(isSame)
      ring.removeFirst(front)
      taken += 1
    }
    #expect(refused > 0)
    while let front = ring.front() {
      #expect(front.owner == taken)
      ring.removeFirst(front)
      taken += 1
    }
    #expect(taken == pushed)
    #expect(ring.isEmpty)
  }

  @Test("two threads may use a ring")
  func ringOfThreads() throws {
    let ring = Ring(capacity: 1 << 14)
    let flow = nowhere
    let pusher = Platform.Thread.start("pusher", core: nil) {
      for number in 0..<50_000 as Range<UInt64> {
        let body = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: Int(number % 300))
        while !ring.push(Envelope(.message, flow, owner: number), body.span) { usleep(10) }
      }
    }
    var wrong = 0
    var next: UInt64 = 0
    while next < 50_000 {
      guard let front = ring.front() else {
        sched_yield()
        continue
      }
      let isRight =
        front.owner == next && Int(front.count) == Int(next % 300)
        && isAll(ring.body(of: front), UInt8(truncatingIfNeeded: next))
      if !isRight { wrong += 1 }
      ring.removeFirst(front)
      next += 1
    }
    pthread_join(try #require(pusher), nil)
    #expect(wrong == 0)
  }

  @Test("the loop naps by the rate of messages, within its limit")
  func batching() {
    func nap(every interval: Interval, _ count: Int, longest: Interval) -> Int64 {
      var batching = Batching(longest: longest, now: Instant(nanoseconds: 0))
      var now = Instant(nanoseconds: 0)
      var nap = Interval(nanoseconds: -1)
      for _ in 0..<1_000 {
        now = now + interval
        nap = batching.wait(after: count, now: now)
      }
      return nap.nanoseconds / 1_000
    }
    #expect(nap(every: .milliseconds(10), 1, longest: .milliseconds(1)) == 0)
    #expect(nap(every: .milliseconds(1), 10, longest: .milliseconds(1)) == 1_000)
    #expect(nap(every: .milliseconds(1), 10, longest: .milliseconds(0)) == 0)
    let busy = nap(every: .milliseconds(1), 70, longest: .milliseconds(1))
    #expect((400...500).contains(busy))
    // A burst after silence does not wait.
    var batching = Batching(longest: .milliseconds(1), now: Instant(nanoseconds: 0))
    let first = batching.wait(after: 1, now: Instant(nanoseconds: 1_000_000_000))
    #expect(first.nanoseconds == 0)
  }

  @Test("a buffer keeps its octets while it grows and moves")
  func buffer() {
    var buffer = Buffer()
    var model: [UInt8] = []
    for step in 0..<2_000 {
      let more = (0..<(step * 13 % 700)).map { UInt8(truncatingIfNeeded: $0 &+ step) }
      buffer.append(more.span)
      model += more
      let gone = min(model.count, step * 29 % 900)
      buffer.removeFirst(gone)
      model.removeFirst(gone)
      let isSame = isSame(buffer.bytes, model)
      #expect(isSame)
    }
  }

  @Test("an endpoint survives the kernel's form")
  func addresses() {
    let endpoints = [
      Endpoint(Address(ipv4: 0xc000_0201), port: 5060),
      Endpoint(Address(high: 0x2001_0db8_0000_0000, low: 0x42), port: 65_535),
    ]
    let texts = ["192.0.2.1:5060", "[2001:db8::42]:65535"]
    for (endpoint, text) in zip(endpoints, texts) {
      #expect(SocketAddress(endpoint).endpoint == endpoint)
      #expect(SocketAddress(endpoint).text == text)
    }
  }

  @Test("what a socket does not take waits in order, within its limit")
  func backlog() throws {
    // A stream stands in for a datagram socket, which loopback never lets fill: one octet a
    // message, and the kernel ignores where it is sent to.
    let (number, other) = try pair()
    defer { close(other) }
    let limit = 500
    var socket = Datagrams(Descriptor(number), listener: 0, worker: 0, waitingLimit: limit)
    let counters = Counters()
    var failures = Failures()
    var added = 0
    while failures.count < 100 {
      var box = Outbox(bytes: 4_096, transmits: 64, reserve: 64)
      for _ in 0..<50 {
        box.send(to: nowhere, owner: UInt64(added + 1), atMost: 1) {
          $0.append(UInt8(truncatingIfNeeded: added))
        }
        let place = box.transmits.count - 1
        socket.add(box.bytes.span.extracting(place..<place + 1), box.transmits[place])
        added += 1
      }
      socket.flush(counters, &failures)
    }
    var received: [UInt8] = []
    while socket.hasBacklog {
      received += drain(other)
      socket.flushBacklog(counters, &failures)
    }
    usleep(10_000)
    received += drain(other)
    var lost: [Int] = []
    while let failure = failures.popFirst() { lost.append(Int(failure.owner) - 1) }
    let kept = Set(0..<added).subtracting(lost).sorted()
    let isSame = received == kept.map { UInt8(truncatingIfNeeded: $0) }
    #expect(isSame)
    #expect(counters[.datagramsOut] == UInt64(kept.count))
    #expect(counters[.octetsOut] == UInt64(kept.count))
    #expect(counters[.queueFull] == UInt64(lost.count))
    // Nothing overtook what had to wait: all that was lost came after the queue was full.
    #expect(lost.min() == kept.count)
  }

  @Test("a connection that cannot be watched leaves the counts even")
  func unwatched() throws {
    let counters = Counters()
    let poll = try Poll()
    let limits = Limits()
    var streams = Streams(
      worker: 0, locals: [Listener(.tcp, loopback)], limits, Census(limits), counters)
    // epoll refuses what cannot be waited for, such as a directory.
    let number = unsafe open("/", O_RDONLY)
    #expect(number >= 0)
    let flow = Flow(.tcp, listener: 0, remote: loopback)
    streams.accept(
      NewConnection(descriptor: Descriptor(number), flow: flow), poll, now: Clock.now())
    let count = streams.count
    #expect(count == 0)
    #expect(counters[.open] == 0)
    #expect(counters[.accepted] == counters[.closed])
  }

  @Test("a stream gives back the memory that a long message took, in and out")
  func memory() throws {
    let (number, other) = try pair()
    defer { close(other) }
    let flow = Flow(.tcp, listener: 0, remote: loopback)
    let now = Clock.now()
    var stream = NewConnection(descriptor: Descriptor(number), flow: flow).begin(now: now)
    let long = [UInt8](repeating: 0x42, count: 60_000)
    stream.queue(long.span, owner: 0, origin: 0, flow: flow, now: now)
    stream.inbound.append(long.span)
    let before = (stream.outbound.capacity, stream.inbound.capacity)
    #expect(before.0 >= 60_000 && before.1 >= 60_000)
    var scratch = Buffer()
    stream.takeInbound(into: &scratch)
    var written = 0
    while written < 60_000 {
      written += try stream.write(now: now)
      _ = drain(other)
    }
    let after = (stream.outbound.capacity, stream.inbound.capacity, scratch.count)
    #expect(after == (0, 0, 60_000))
    // Short ones come and go in what there is.
    stream.inbound.append(long.span.extracting(0..<5_000))
    stream.takeInbound(into: &scratch)
    let kept = stream.inbound.capacity
    #expect((5_000...16_384).contains(kept))
  }

  @Test("failures are told in order, however many there are, and are added meanwhile")
  func failures() {
    var failures = Failures()
    var told: UInt64 = 0
    var added: UInt64 = 0
    var isInOrder = true
    for round in 0..<40 {
      for _ in 0..<(round < 20 ? 1_000 : 0) {
        added += 1
        failures.append(Failure(owner: added, flow: nowhere, origin: 0))
      }
      for _ in 0..<500 {
        guard let failure = failures.popFirst() else { break }
        told += 1
        isInOrder = isInOrder && failure.owner == told
      }
    }
    let (count, isEmpty) = (failures.count, failures.isEmpty)
    #expect(isInOrder && count == 0 && isEmpty)
    #expect(told == 20_000)
  }

  /// Two ends of a connection, with small buffers; the first does not block.
  private func pair() throws -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue)
    let listening = Peer.listening()
    ends[0] = socket(AF_INET, type, 0)
    _ = linux_set_option(ends[0], SOL_SOCKET, SO_SNDBUF, 4_608)
    _ = linux_set_option(ends[0], Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    let result = unsafe SocketAddress(listening.endpoint).withBytes {
      unsafe linux_connect(ends[0], $0, $1)
    }
    try #require(result == 0)
    ends[1] = accept(listening.number, nil, nil)
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    return (ends[0], ends[1])
  }

  private func drain(_ number: Int32) -> [UInt8] {
    var octets = [UInt8](repeating: 0, count: 4_096)
    let got = unsafe octets.withUnsafeMutableBytes {
      unsafe linux_receive(number, $0.baseAddress!, $0.count)
    }
    return Array(octets[0..<max(0, got)])
  }

  @Test("a token survives the kernel")
  func tokens() {
    let handle = Handle(index: 0xffff_fffe, generation: 0xab_cdef)
    guard case .stream(handle) = Token(bits: Token.stream(handle).bits) else {
      Issue.record("not the same stream")
      return
    }
  }

  private func isAll(_ bytes: Span<UInt8>, _ octet: UInt8) -> Bool {
    for place in 0..<bytes.count where bytes[place] != octet { return false }
    return true
  }

  private func isSame(_ bytes: Span<UInt8>, _ model: [UInt8]) -> Bool {
    guard bytes.count == model.count else { return false }
    for place in 0..<bytes.count where bytes[place] != model[place] { return false }
    return true
  }
}
