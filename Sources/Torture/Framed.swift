import Basics
import Border
import SIP

/// What stands first in the octets of a stream.
enum Framed {
  case needMore
  case message(Int)
  /// A message after which the stream is closed.
  case last(Int)
  /// Empty lines between messages.
  case blank(Int)
  case broken

  init(_ octets: [UInt8]) {
    self =
      switch Framing.measure(octets.span) {
      case .needMore: .needMore
      case .message(let count): .message(count)
      case .keepAlive(let count, _): .blank(count)
      case .last(let count, _): .last(count)
      case .broken: .broken
      }
  }
}

extension Handle {
  /// Another connection than the first one of a source.
  static let other = Handle(index: 0xffff_0000, generation: 0)
}

extension Flow {
  /// The flow by which the other side answers: over a stream, the one that was opened to it.
  var answering: Flow {
    var flow = self
    if transport.isReliable, connection == nil {
      flow.connection = Connection(worker: 0, handle: Handle(index: 1, generation: 0))
    }
    return flow
  }
}

extension Endpoint {
  /// As it stands in a URI.
  var words: String {
    if address.isIPv4 {
      let octets = (12..<16).map { String(address.octet($0)) }
      return "\(octets.joined(separator: ".")):\(port)"
    }
    let groups = stride(from: 0, to: 16, by: 2).map {
      String(Int(address.octet($0)) << 8 | Int(address.octet($0 + 1)), radix: 16)
    }
    return "[\(groups.joined(separator: ":"))]:\(port)"
  }
}

extension Occupancy {
  /// What the tables hold, in words; `nil` for nothing.
  var words: String? {
    let counts = [
      (calls, "calls"), (endedCalls, "ended calls"), (serverTransactions, "server transactions"),
      (clientTransactions, "client transactions"), (timers, "timers"),
      (keptMessages, "kept messages"),
    ]
    let left = counts.filter { $0.0 != 0 }.map { "\($0.0) \($0.1)" }
    return left.isEmpty ? nil : left.joined(separator: ", ")
  }
}
