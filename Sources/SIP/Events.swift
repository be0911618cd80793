public import Basics

/// RAck (RFC 3262 §7.2): which provisional response a PRACK answers.
public struct RAck: Sendable {
  /// The RSeq of the response that is acknowledged.
  public var rSeq: UInt32
  /// The number of the CSeq of that response.
  public var cSeq: UInt32
  /// The method of the CSeq of that response.
  public var methodText: Slice

  /// Reads `response-num LWS CSeq-num LWS Method`.
  /// - Throws: `.number` for any of the three, `.trailing` for more.
  public static func parse(_ bytes: Span<UInt8>, _ slice: Slice) throws(Malformed) -> RAck {
    var reader = Reader(bytes, slice)
    reader.skipSpace()
    let rSeq = try reader.rAckNumber()
    let cSeq = try reader.rAckNumber()
    let method = try reader.some(.token, or: .number)
    try reader.finish()
    return RAck(rSeq: rSeq, cSeq: cSeq, methodText: method)
  }
}

extension Reader {
  fileprivate mutating func rAckNumber() throws(Malformed) -> UInt32 {
    let start = place
    guard let value = UInt32(exactly: try number(or: .number)) else {
      throw Malformed(.number, at: start)
    }
    guard takeSpace() else { throw malformed(.number) }
    return value
  }
}

/// Event (RFC 6665 §8.2.1): `event-package *( "." event-template )` and what tells subscriptions
/// apart.
public struct Event: Sendable {
  /// The package with its templates, compared with its case (RFC 6665 §8.2.1).
  public var type: Slice
  /// `id`, which tells two subscriptions of one dialog apart.
  public var id: Slice?
  /// All with the leading `;`, the `id` among them.
  public var parameters: Slice

  /// Reads one value.
  /// - Throws: `.token` without a package, `.event` for an `id` that is no token, `.parameter`,
  ///   `.trailing`.
  public static func parse(_ bytes: Span<UInt8>, _ slice: Slice) throws(Malformed) -> Event {
    let item = try Item.parse(bytes, slice)
    let id = try item.token("id", or: .event, in: bytes)
    return Event(type: item.value, id: id, parameters: item.parameters)
  }
}

/// Subscription-State (RFC 6665 §8.2.3).
public struct SubscriptionState: Sendable {
  /// What the notifier says of the subscription.
  public enum State: UInt8, Sendable {
    case active, pending, terminated, other
  }

  /// `stateText`, compared without case.
  public var state: State
  /// As it stands, also where it is not known.
  public var stateText: Slice
  /// Why it was terminated, such as `deactivated` (RFC 6665 §4.1.3).
  public var reason: Slice?
  /// At most `UInt32.max`.
  public var expires: UInt32?
  /// Seconds to wait before one subscribes again, at most `UInt32.max`.
  public var retryAfter: UInt32?
  /// All with the leading `;`, those above among them.
  public var parameters: Slice

  /// Reads one value.
  /// - Throws: `.token` without a state, `.event` for a bad reason, `.number` for times that are
  ///   none, `.parameter`, `.trailing`.
  public static func parse(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> SubscriptionState {
    let item = try Item.parse(bytes, slice)
    return SubscriptionState(
      state: state(item.value, bytes), stateText: item.value,
      reason: try item.token("reason", or: .event, in: bytes),
      expires: try item.seconds("expires", in: bytes),
      retryAfter: try item.seconds("retry-after", in: bytes), parameters: item.parameters)
  }

  private static func state(_ text: Slice, _ bytes: Span<UInt8>) -> State {
    if bytes.equals(text, ignoringCase: "active") { return .active }
    if bytes.equals(text, ignoringCase: "pending") { return .pending }
    return bytes.equals(text, ignoringCase: "terminated") ? .terminated : .other
  }
}

extension Item {
  /// The token that a parameter has; a fault when it has none, or something else.
  func token(
    _ name: StaticString, or fault: Malformed.Fault, in bytes: Span<UInt8>
  ) throws(Malformed) -> Slice? {
    guard let parameter = parameter(name, in: bytes) else { return nil }
    guard let value = parameter.value, OctetSet.token.contains(bytes[value.start]) else {
      throw Malformed(fault, at: parameter.name.start)
    }
    return value
  }

  /// The delta-seconds that a parameter has; a fault when it has none.
  func seconds(_ name: StaticString, in bytes: Span<UInt8>) throws(Malformed) -> UInt32? {
    guard let parameter = parameter(name, in: bytes) else { return nil }
    guard let seconds = parameter.seconds(in: bytes) else {
      throw Malformed(.number, at: parameter.name.start)
    }
    return seconds
  }
}
