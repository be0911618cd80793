public import Basics

/// Session-Expires (RFC 4028 §4) and Min-SE (§5), which has no refresher.
public struct SessionExpires: Sendable {
  /// Who sends the next refresh (RFC 4028 §4).
  public enum Refresher: UInt8, Sendable {
    case uac, uas
  }

  /// At most `UInt32.max`.
  public var seconds: UInt32
  /// `nil` where it is left to the one who answers.
  public var refresher: Refresher?
  /// All with the leading `;`, `refresher` among them.
  public var parameters: Slice
  /// The digits as they stand.
  public var secondsText: Slice

  /// Reads `delta-seconds *( SEMI se-params )`.
  /// - Throws: `.number` without digits, `.parameter` for another refresher, `.trailing`.
  public static func parse(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> SessionExpires {
    var reader = Reader(bytes, slice)
    let (seconds, text) = try reader.deltaSeconds()
    let parameters = try reader.parameters()
    try reader.finish()
    var value = SessionExpires(
      seconds: seconds, refresher: nil, parameters: parameters, secondsText: text)
    if let refresher = ParameterList.first("refresher", in: parameters, of: bytes) {
      value.refresher = try Self.refresher(refresher, bytes)
    }
    return value
  }

  private static func refresher(
    _ parameter: Parameter, _ bytes: Span<UInt8>
  ) throws(Malformed) -> Refresher {
    if let value = parameter.value {
      if bytes.equals(value, ignoringCase: "uac") { return .uac }
      if bytes.equals(value, ignoringCase: "uas") { return .uas }
    }
    throw Malformed(.parameter, at: parameter.name.start)
  }
}

/// Retry-After (RFC 3261 §20.33): `delta-seconds [ comment ] *( SEMI retry-param )`.
public struct RetryAfter: Sendable {
  /// At most `UInt32.max`.
  public var seconds: UInt32
  /// With its parentheses.
  public var comment: Slice?
  /// All with the leading `;`, `duration` among them.
  public var parameters: Slice
  /// How long the callee will be there, in seconds.
  public var duration: UInt32?

  /// Reads one value.
  /// - Throws: `.number` without digits, `.comment`, `.parameter`, `.trailing`.
  public static func parse(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> RetryAfter {
    var reader = Reader(bytes, slice)
    let (seconds, _) = try reader.deltaSeconds()
    reader.skipSpace()
    var comment: Slice?
    if reader.peek == 0x28 { comment = try reader.comment() }
    let parameters = try reader.parameters()
    try reader.finish()
    let duration = ParameterList.first("duration", in: parameters, of: bytes)
    return RetryAfter(
      seconds: seconds, comment: comment, parameters: parameters,
      duration: duration?.seconds(in: bytes))
  }
}

/// Timestamp (RFC 3261 §20.38): a time of the sender's own, and how long the answer took.
public struct Timestamp: Sendable {
  /// `1*DIGIT [ "." *DIGIT ]`, given back as it stands.
  public var time: Slice
  /// Seconds between the request's arrival and its response, likewise.
  public var delay: Slice?

  /// Reads `time [ LWS delay ]`.
  /// - Throws: `.number`, or `.trailing`.
  public static func parse(
    _ bytes: Span<UInt8>, _ slice: Slice
  ) throws(Malformed) -> Timestamp {
    var reader = Reader(bytes, slice)
    reader.skipSpace()
    let time = try reader.decimal()
    guard let time else { throw reader.malformed(.number) }
    var delay: Slice?
    if reader.takeSpace(), !reader.isAtEnd {
      delay = try reader.decimal()
      guard delay != nil else { throw reader.malformed(.number) }
    }
    try reader.finish()
    return Timestamp(time: time, delay: delay)
  }
}

extension Reader {
  mutating func deltaSeconds() throws(Malformed) -> (UInt32, Slice) {
    skipSpace()
    let start = place
    let number = try number(or: .number)
    return (UInt32(clamping: number), slice(from: start))
  }

  /// `1*DIGIT [ "." *DIGIT ]`, or `nil` without a digit.
  fileprivate mutating func decimal() throws(Malformed) -> Slice? {
    let start = place
    guard !run(.digit).isEmpty else { return nil }
    if take(0x2e) { _ = run(.digit) }
    return slice(from: start)
  }
}
