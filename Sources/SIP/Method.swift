public import Basics

/// A request's method. Methods are case-sensitive (RFC 3261 §7.1), and one that this element does
/// not know is carried as `other`, with its text in the message.
public enum Method: UInt8, Hashable, Sendable, CaseIterable {
  case invite, ack, bye, cancel, options, register, prack, update, refer, subscribe, notify
  case info, message, publish, other

  /// The method's text; empty for `other`.
  public var text: StaticString {
    switch self {
    case .invite: "INVITE"
    case .ack: "ACK"
    case .bye: "BYE"
    case .cancel: "CANCEL"
    case .options: "OPTIONS"
    case .register: "REGISTER"
    case .prack: "PRACK"
    case .update: "UPDATE"
    case .refer: "REFER"
    case .subscribe: "SUBSCRIBE"
    case .notify: "NOTIFY"
    case .info: "INFO"
    case .message: "MESSAGE"
    case .publish: "PUBLISH"
    case .other: ""
    }
  }

  /// The method that a slice of a message names.
  public init(_ bytes: Span<UInt8>, _ slice: Slice) {
    let word = bytes.word(at: slice.start)
    let length = slice.count
    guard length <= 9 else {
      self = .other
      return
    }
    let first = length >= 8 ? word : word & (1 << UInt64(length &* 8) &- 1)
    switch (length, first) {
    case (6, 0x4554_4956_4e49): self = .invite
    case (3, 0x4b_4341): self = .ack
    case (3, 0x45_5942): self = .bye
    case (6, 0x4c45_434e_4143): self = .cancel
    case (7, 0x53_4e4f_4954_504f): self = .options
    case (8, 0x5245_5453_4947_4552): self = .register
    case (5, 0x4b_4341_5250): self = .prack
    case (6, 0x4554_4144_5055): self = .update
    case (5, 0x52_4546_4552): self = .refer
    case (9, 0x4249_5243_5342_5553) where bytes[slice.start &+ 8] == 0x45: self = .subscribe
    case (6, 0x5946_4954_4f4e): self = .notify
    case (4, 0x4f46_4e49): self = .info
    case (7, 0x45_4741_5353_454d): self = .message
    case (7, 0x48_5349_4c42_5550): self = .publish
    default: self = .other
    }
  }

  /// Whether a request of this method can begin a dialog (RFC 3261 §12.1, RFC 6665, RFC 3515).
  public var createsDialog: Bool {
    switch self {
    case .invite, .subscribe, .refer, .notify: true
    default: false
    }
  }
}
