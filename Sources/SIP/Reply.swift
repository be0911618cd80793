import Basics

/// A response that this element makes itself, written straight from the request (RFC 3261 §8.2.6):
/// the status line, then Via, From, To, Call-ID, CSeq and (in a 100) Timestamp as they came.
public struct Reply: Sendable {
  /// A header that some statuses must carry.
  public enum Extra: Sendable {
    case none
    /// RFC 3261 §21.4.6: the methods that are allowed here.
    case allow(MethodSet)
    /// RFC 3261 §21.4.15: none of the option tags in the request's Proxy-Require is supported.
    case unsupported
    /// RFC 3261 §21.5.4, in seconds.
    case retryAfter(Int)
    /// RFC 3261 §11.2: what an OPTIONS learns.
    case capabilities(allow: MethodSet)
  }

  /// 100 to 699.
  public var status: UInt16
  /// Octets of Reason-Phrase (RFC 3261 §25.1), which are not checked.
  public var phrase: StaticString
  /// The To tag to give where the request has none; 0 for none (RFC 3261 §8.2.6.2: a 100 needs
  /// none).
  public var toTag: UInt64
  /// What the status line alone does not say.
  public var extra: Extra
  /// Names the decision that it tells of, in a Warning; 0 for none.
  public var decision: UInt64 = 0
  /// What was wrong with the request: a 400 says it after its status, instead of `phrase`.
  var fault: Malformed?

  public init(
    _ status: UInt16, _ phrase: StaticString, toTag: UInt64 = 0, extra: Extra = .none
  ) {
    self.status = status
    self.phrase = phrase
    self.toTag = toTag
    self.extra = extra
  }

  /// A 400 whose reason phrase says what was wrong with the request (RFC 3261 §21.4.1).
  /// - Parameter toTag: as `toTag`.
  public init(malformed fault: Malformed, toTag: UInt64) {
    self.init(400, fault.fault.phrase, toTag: toTag)
    self.fault = fault
  }

  /// The octets that it may need at most.
  public func room(for message: borrowing Message, _ patch: borrowing Patch) -> Int {
    message.bytes.count &+ patch.growth &+ 512
  }

  /// - Parameter patch: the stamps on the top Via (`received`, `rport`).
  public func write(
    answering message: borrowing Message, _ patch: borrowing Patch,
    into out: inout OutputSpan<UInt8>
  ) {
    out.write("SIP/2.0 ")
    out.write(decimal: Int(status))
    out.write(octet: 0x20)
    if let fault {
      fault.writeReason(message.bytes, into: &out)
    } else {
      out.write(phrase)
    }
    out.write("\r\n")
    for place in 0..<message.headers.count {
      let header = message.headers[place]
      let number = UInt8(truncatingIfNeeded: place)
      switch header.name {
      case .via:
        patch.write(message.bytes, header.line, into: &out)
      // A second one is the fault of the request, and is not repeated.
      case .from where number == message.outline.from,
        .callID where number == message.outline.callID,
        .cSeq where number == message.outline.cSeq:
        patch.write(message.bytes, header.line, into: &out)
      case .to where number == message.outline.to:
        writeTo(header, message, patch, into: &out)
      case .timestamp where status == 100:
        out.write(message.bytes, header.line)
      default:
        break
      }
    }
    writeExtra(message, into: &out)
    writeDecision(into: &out)
    out.write("Content-Length: 0\r\n\r\n")
  }

  /// Whether a malformed request can be answered with what it brought: an answer repeats some of
  /// its headers, and is not to bring back what may stand in none, nor more than one may have.
  public static func canRepeat(_ message: borrowing Message) -> Bool {
    var repeated = 0
    for place in 0..<message.headers.count {
      let header = message.headers[place]
      switch header.name {
      case .via, .from, .to, .callID, .cSeq:
        if Octets.hasControl(message.bytes, header.value) { return false }
        repeated &+= 1
      default: break
      }
    }
    // Beside them stand To, Content-Length and one more; what did not fit the table may be a Via.
    return repeated &+ 3 <= Limits.headers
  }

  private func writeTo(
    _ header: Header, _ message: borrowing Message, _ patch: borrowing Patch,
    into out: inout OutputSpan<UInt8>
  ) {
    patch.write(message.bytes, Slice(from: header.line.start, to: header.value.end), into: &out)
    if toTag != 0 {
      out.write(";tag=")
      out.write(hexadecimal: toTag, digits: 16)
    }
    out.write("\r\n")
  }

  private func writeExtra(_ message: borrowing Message, into out: inout OutputSpan<UInt8>) {
    switch extra {
    case .none: break
    case .allow(let methods): writeAllow(methods, into: &out)
    case .capabilities(let methods):
      writeAllow(methods, into: &out)
      out.write("Accept: */*\r\n")
    case .unsupported:
      for place in 0..<message.headers.count
      where message.headers[place].name == .proxyRequire {
        out.write("Unsupported: ")
        out.write(message.bytes, message.headers[place].value)
        out.write("\r\n")
      }
    case .retryAfter(let seconds):
      out.write("Retry-After: ")
      out.write(decimal: seconds)
      out.write("\r\n")
    }
  }

  /// RFC 3261 §20.43: 399 is for whoever reads a log, and nothing acts on it. The agent is a
  /// pseudonym, as a host name would tell of our network. A Reason would not do: RFC 3326 §2 lets
  /// it stand in a response only where the status allows that.
  private func writeDecision(into out: inout OutputSpan<UInt8>) {
    guard decision != 0 else { return }
    out.write("Warning: 399 sbc \"decision ")
    out.write(hexadecimal: decision, digits: 16)
    out.write("\"\r\n")
  }

  /// An empty Allow says that no method is allowed (RFC 3261 §20.5).
  private func writeAllow(_ methods: MethodSet, into out: inout OutputSpan<UInt8>) {
    out.write("Allow: ")
    out.write(methods)
    out.write("\r\n")
  }
}
