import Basics
import Foundation
import Platform
import Synchronization
import Torture

@testable import TorturePlay

/// A user agent server on UDP that does what the tests tell it: by the word in the Request-URI, or
/// by its habits, it answers, says nothing, or dies; after a death it may come back. It answers
/// where RFC 3261 §18.2.2 says: at the source's address, and at the port that the Via names.
final class FakeElement: Sendable {
  /// What is unusual of it.
  struct Habits: Sendable {
    /// What it dies of, beside the word in the Request-URI.
    var poison: @Sendable ([UInt8]) -> Bool = { _ in false }
    /// How long it stays dead; `nil` for ever.
    var rest: Interval?
    /// What it answers; `nil` for a 200.
    var answer: @Sendable ([UInt8]) -> [UInt8]? = { _ in nil }
  }

  let endpoint: Endpoint
  private let habits: Habits
  private let isOver = Atomic(false)
  private let messages = Mutex<[[UInt8]]>([])

  /// What it received, in its order.
  var received: [[UInt8]] { messages.withLock { $0 } }

  init(_ habits: Habits = Habits()) throws {
    self.habits = habits
    let port = try DatagramPort(Endpoint(Address(ipv4: 0x7f00_0001), port: 0))
    endpoint = port.local
    let number = Unshared(port)
    Thread.detachNewThread { [self] in live(number) }
  }

  deinit { end() }

  func end() { isOver.store(true, ordering: .relaxed) }

  private func live(_ first: Unshared) {
    serve(first.port)
    first.port = nil
    while let rest = habits.rest, !isOver.load(ordering: .relaxed) {
      Sockets.wait([], atMost: rest)
      // Somebody else may have it now.
      guard let port = try? DatagramPort(endpoint) else { return }
      serve(port)
    }
  }

  private func serve(_ port: DatagramPort?) {
    guard let port else { return }
    while !isOver.load(ordering: .relaxed) {
      Sockets.wait([port.number], atMost: .milliseconds(20))
      while case .message(let octets, let remote)? = port.receive() {
        messages.withLock { $0.append(octets) }
        let uri = String(decoding: Wire(octets).requestURI, as: UTF8.self)
        if uri.contains("poison") || habits.poison(octets) { return }
        if uri.contains("mute") || Wire(octets).method == "ACK" { continue }
        let answer =
          habits.answer(octets)
          ?? Wire(octets).reply(200, contact: "sip:fake@\(endpoint.hostPort)")
        let place = Endpoint(remote.address, port: Places(octets).sentBy?.port ?? 5060)
        _ = port.send(answer, to: place)
      }
    }
  }

  /// Goes to the one thread that uses it.
  private final class Unshared: @unchecked Sendable {
    var port: DatagramPort?

    init(_ port: DatagramPort) { self.port = port }
  }
}

/// Addresses of the loopback that no other test has, each with all its ports.
enum Loopback {
  static func fresh() -> Address {
    Address(ipv4: 0x7f40_0000 | UInt32.random(in: 0x100...0x3f_fffe))
  }
}

/// A case of one line.
func makeCase(
  _ line: String, uri: String = "sip:a@example.com", via: String = "192.0.2.1",
  method: String = "OPTIONS", callID: String = "c1"
) throws -> Case {
  let text = """
    \(method) \(uri) SIP/2.0
    Via: SIP/2.0/UDP \(via);branch=z9hG4bK\(callID)
    From: <sip:b@example.com>;tag=1
    To: <sip:a@example.com>
    Call-ID: \(callID)
    CSeq: 7 \(method)
    Max-Forwards: 70
    Content-Length: 0

    """
  let octets = Array(text.replacing("\n", with: "\r\n").utf8) + [0x0d, 0x0a]
  let expected = try Expected(line, path: "test")
  return Case(folder: "test", role: .uas, line: expected.lines[0], octets: octets)
}
