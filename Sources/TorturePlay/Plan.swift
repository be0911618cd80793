package import Basics
package import Capture
import Platform
package import Torture

/// What is played to, and by which sockets.
package struct Plan {
  /// The element.
  package var target: Target
  /// What it is taken for.
  package var role = Role.proxy
  /// The address that messages come from; `nil` for another one of the loopback where the element
  /// is on it, else the one that leads there.
  package var listen: Address?
  /// Where it forwards to; empty for the next hop of the quickstart policy.
  package var behind: [Endpoint] = []
  /// Whether the top Via of each message is made to name a socket of the player's. Otherwise the
  /// ports that the messages name are opened.
  package var isRewriting = false
  /// Whether each message gets a Call-ID and branch of its own.
  package var isFresh = false
  /// Whether to go on when the element no longer answers.
  package var keepsGoing = false
  /// How long things are waited for.
  package var pace: Pace
  /// Where all messages are written to.
  package var capture: CaptureFile?

  package init(_ target: Target, pace: Pace) {
    self.target = target
    self.pace = pace
  }
}

extension Plan {
  /// The address that messages come from.
  func local() throws(Hindrance) -> Address {
    let far = target.endpoint.address
    if let listen {
      guard listen.isIPv4 == far.isIPv4 else {
        throw Hindrance("--listen \(listen.words) is not of the target's address family")
      }
      return listen
    }
    if far.isIPv4, far.isLoopback {
      let second = Address(ipv4: 0x7f00_0002)
      return far == second ? Address(ipv4: 0x7f00_0003) : second
    }
    if let own = Sockets.address(towards: target.endpoint) { return own }
    throw Hindrance("\(target): no route leads there")
  }

  /// Where requests are awaited that the element forwards, and where others may come.
  /// - Returns: places that must be had, and such as are taken where nobody else has them.
  func hops(_ local: Address) -> (asked: [Endpoint], offered: [Endpoint]) {
    guard role == .proxy || !behind.isEmpty else { return ([], []) }
    let far = target.endpoint.address
    let first = far.isLoopback && local.isIPv4 ? Address(ipv4: 0x7f00_0001) : local
    let asked = behind.isEmpty ? [Endpoint(first, port: 5070)] : behind
    // A message of RFC 4475 has a Route to 127.0.0.1:5080 (§3.1.1.11).
    let offered = far.isLoopback && local.isIPv4 ? [Endpoint(first, port: 5080)] : []
    return (asked, offered.filter { !asked.contains($0) && $0 != target.endpoint })
  }
}
