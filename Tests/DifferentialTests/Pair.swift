import Basics

/// What the element received, and what it sent for it.
struct Pair: Sendable {
  /// How the one comes about from the other.
  enum Way: Sendable {
    /// RFC 3261 §16.6.
    case request(Facts)
    /// The same for a target that a 3xx named (RFC 3261 §16.5).
    case redirected(Facts, response: [UInt8])
    /// RFC 3261 §16.7.
    case response
    /// Our answer to a request (RFC 3261 §8.2.6).
    case answer(Facts)
    /// Our CANCEL of the INVITE that was sent (RFC 3261 §9.1).
    case cancel
    /// Our ACK, made from the INVITE that was sent and the response to it (RFC 3261 §17.1.1.3).
    case acknowledgement(response: [UInt8])
  }

  /// What is known of a request beside its octets.
  struct Facts: Sendable {
    var source: Endpoint
    /// How many values of Route are the element's own, all first.
    var ownRoutes = 0
    /// Whether the first one after them has no `lr` (RFC 3261 §16.6 step 6).
    var isStrict = false
    /// Whether the Request-URI is ours, put there by a strict router, and the last Route value is
    /// the target (RFC 3261 §16.4).
    var isMended = false
    /// Whether the Request-URI has a `maddr` that is the element's own (RFC 3261 §16.4).
    var isOwnMaddr = false
    /// How many Record-Route values the element is to put in.
    var recordRoutes = 0
  }

  var way: Way
  var received: [UInt8]
  var sent: [UInt8]
}

extension Pair.Way {
  var name: String {
    switch self {
    case .request: "request"
    case .redirected: "redirected"
    case .response: "response"
    case .answer: "answer"
    case .cancel: "cancel"
    case .acknowledgement: "acknowledgement"
    }
  }
}
