import Basics
import Foundation
import Testing

@testable import Platform

@Suite("A datagram passes only by the interface that leads back to its source")
struct ReversePathTests {
  private func start(
    _ locals: [Endpoint], _ witness: Witness, isStrict: Bool
  ) throws -> Workers<EchoElement> {
    var settings = Settings()
    settings.checksReversePath = isStrict
    return try Workers(locals.map { Listener(.udp, $0) }, settings) { worker, _ in
      EchoElement(worker, witness, notes: true)
    }
  }

  @Test("what this machine sends to itself passes", arguments: [true, false])
  func loopback(isIPv4: Bool) throws {
    let witness = Witness()
    let local = Endpoint(isIPv4 ? Address(ipv4: 0x7f00_0001) : Address(high: 0, low: 1), port: 0)
    let workers = try start([local], witness, isStrict: true)
    defer { ended(workers) }
    let peer = Peer.datagrams(ipv4: isIPv4)
    let text = Array(message("E", "hello").utf8)
    for _ in 0..<3 {
      peer.send(text, to: workers.listeners[0].local.port)
      #expect(peer.readsDatagram(text))
    }
    #expect(workers.counters(of: 0)[.wrongWay] == 0)
  }

  @Test("the kernel is asked once in a while for each source, and no route is no way")
  func remembered() throws {
    var path = try ReversePath()
    let loopback = Address(ipv4: 0x7f00_0001)
    let now = Instant(nanoseconds: 1_000_000_000_000)
    let verdicts = [
      path.leadsBack(to: loopback, over: 1, now: now),
      path.leadsBack(to: loopback, over: 1, now: now),
      path.leadsBack(to: Address(high: 0, low: 1), over: 1, now: now),
      // No interface has this number; and 0 stands for none that was told.
      path.leadsBack(to: loopback, over: 4_000_000, now: now),
      path.leadsBack(to: loopback, over: 0, now: now),
      // A multicast address is no source.
      path.leadsBack(to: Address(ipv4: 0xe000_0005), over: 1, now: now),
    ]
    #expect(verdicts == [true, true, true, false, false, false])
    let asked = path.questions
    #expect(asked == 4)
    let again = path.leadsBack(to: loopback, over: 4_000_000, now: now + ReversePath.life)
    let later = path.questions
    #expect(!again && later == 5)
  }

  // MARK: Two networks

  @Test(
    "of two networks, a source of one that comes by the other does not",
    .enabled(
      if: Namespace.isAllowed, "the kernel lets this user make no network namespace"))
  func forged() throws {
    let (status, output) = try Namespace.run(filter: "ReversePathTests/inNamespace")
    #expect(status == 0, "\(output)")
    #expect(output.contains(Namespace.mark), "\(output)")
  }

  @Test(
    "the same, within the namespace",
    .enabled(if: Namespace.other != nil, "run by the test above, in the namespace that it makes"),
    arguments: [true, false])
  func inNamespace(isIPv4: Bool) throws {
    let near = Endpoint(isIPv4 ? Address(ipv4: 0x0a07_0001) : Namespace.ipv6(7), port: 0)
    let far = Endpoint(isIPv4 ? Address(ipv4: 0x0a08_0001) : Namespace.ipv6(8), port: 0)
    for isStrict in [false, true] {
      let witness = Witness()
      let workers = try start([near, far], witness, isStrict: isStrict)
      defer { ended(workers) }
      let ports = workers.listeners.map(\.local.port)
      // Both have the same source, which is of the first network.
      try Namespace.send("D forged", to: isIPv4 ? "10.8.0.1" : "fd08::1", ports[1])
      try Namespace.send("D true", to: isIPv4 ? "10.7.0.1" : "fd07::1", ports[0])
      #expect(eventually { !witness.messages.filter { $0.flow.listener == 0 }.isEmpty })
      let count = isStrict ? 1 : 2
      #expect(eventually { witness.messages.count >= count })
      #expect(eventually { workers.counters(of: 0)[.wrongWay] == (isStrict ? 1 : 0) })
      #expect(Set(witness.messages.map(\.flow.remote.address)).count == 1)
      #expect(witness.messages.count == count)
    }
    print(Namespace.mark)
  }
}

/// A network namespace with two networks, 10.7.0.0/24 and 10.8.0.0/24 (and the like of IPv6), each
/// a cable to one other machine. Whatever that one sends has its address of the first network.
private enum Namespace {
  static let mark = "reverse path: seen in a namespace"
  private static let variable = "SALLYPORT_NAMESPACE"

  static func ipv6(_ network: UInt64) -> Address {
    Address(high: 0xfd00_0000_0000_0000 | network << 48, low: 1)
  }

  /// The process that holds the other machine's namespace; `nil` outside.
  static let other = ProcessInfo.processInfo.environment[variable]

  static let isAllowed: Bool = {
    guard other == nil else { return false }
    return (try? shell("unshare -rn ip link add near type veth peer name far"))?.status == 0
  }()

  /// Runs tests of this program within it.
  static func run(filter: String) throws -> (status: Int32, output: String) {
    let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let tests = "'\(program)' --testing-library swift-testing --filter '\(filter)'"
    return try shell("unshare -rn bash -c '\(script)' -- \(tests)")
  }

  /// The arguments are what is run in it.
  private static let script = """
    set -e
    ip link set lo up
    unshare -n sleep 120 & other=$!
    trap "kill $other" EXIT
    while [ "$(readlink /proc/$other/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do
      sleep 0.05
    done
    there() { nsenter -t $other -n "$@"; }
    for net in 7 8; do
      ip link add near$net type veth peer name far$net netns $other
      ip addr add 10.$net.0.1/24 dev near$net
      ip addr add fd0$net::1/64 dev near$net nodad
      echo 0 > /proc/sys/net/ipv4/conf/near$net/rp_filter
      ip link set near$net up
      there ip addr add 10.$net.0.2/24 dev far$net
      there ip addr add fd0$net::2/64 dev far$net nodad
      there ip link set far$net up
    done
    echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter
    there ip route replace 10.8.0.0/24 dev far8 src 10.7.0.2
    there ip -6 route replace fd08::/64 dev far8 src fd07::2 metric 1
    # The answer to a solicitation from there would go by the other cable.
    read -r name state mac rest < <(ip -br link show near8)
    there ip neigh replace fd08::1 lladdr $mac dev far8
    export \(variable)=$other
    "$@"
    """

  /// Has the other machine send a datagram of one line.
  static func send(_ text: String, to address: String, _ port: UInt16) throws {
    let line = "printf \"%s\" \"\(text)\" > /dev/udp/\(address)/\(port)"
    let sent = try shell("nsenter -t \(other ?? "") -n bash -c '\(line)'")
    #expect(sent.status == 0, "\(sent.output)")
  }

  private static func shell(_ line: String) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", line]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
