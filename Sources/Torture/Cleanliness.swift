import Basics
import SIP

/// What must hold of everything that an element sends, whatever made it do so: a fault of one side
/// is not to be passed on to the other (RFC 4475 §3.1.2).
enum Cleanliness {
  /// - Returns: what is wrong with a response of the element's own, in words.
  static func fault(ofAnswer seen: Observation.Seen, to request: Wire) -> String? {
    let answer = Wire(seen.octets)
    guard answer.isResponse else { return "octets that are no response came back" }
    if let fault = grammar(seen) { return fault }
    return repetition(in: answer, of: request)
  }

  /// - Returns: what is wrong with a response that was passed on.
  static func fault(ofResponse seen: Observation.Seen, from sent: Wire) -> String? {
    let response = Wire(seen.octets)
    guard response.isResponse else { return "what left is no response" }
    if let fault = grammar(seen) ?? essentials(seen.octets) { return fault }
    guard response.status == sent.status else { return "its status is \(response.status ?? 0)" }
    return nil
  }

  /// - Returns: what is wrong with a request that was passed on.
  static func fault(of seen: Observation.Seen, from sent: Wire) -> String? {
    let message = Wire(seen.octets)
    if let fault = startLine(message) ?? grammar(seen) ?? essentials(seen.octets) {
      return fault
    }
    // What an element makes of itself for a hop (RFC 3261 §9.1, §17.1.1.3).
    let isOwn = ["ACK", "CANCEL"].contains(message.method)
    guard isOwn || message.method == sent.method else { return "its method is another" }
    return values(seen.octets) ?? headersOfURI(message, sent)
  }

  // MARK: What an answer repeats

  /// RFC 3261 §8.2.6.2, and §18.2.2: without these the answer does not find who asked. What the
  /// request lacks cannot be repeated, and white space in it says nothing.
  private static func repetition(in answer: Wire, of request: Wire) -> String? {
    for name in ["Via", "From", "To", "Call-ID", "CSeq"] where !request.values(name).isEmpty {
      if answer.values(name).isEmpty { return "the answer has no \(name)" }
    }
    if let sender = request.sender, answer.sender != sender {
      return "the answer has another Via on top"
    }
    // Of several, which a request may not have, it may repeat any.
    let callIDs = request.values("Call-ID")
    if let own = answer.values("Call-ID").first, !callIDs.isEmpty, !callIDs.contains(own) {
      return "the answer has another Call-ID"
    }
    let numbers = request.values("CSeq").map(Wire.words)
    if let own = answer.values("CSeq").first, !numbers.isEmpty, !numbers.contains(Wire.words(own)) {
      return "the answer has another CSeq"
    }
    return nil
  }

  // MARK: By octets alone

  /// RFC 3261 §7.1: single spaces, and no brackets round the Request-URI.
  private static func startLine(_ message: Wire) -> String? {
    let line = message.startLine
    if message.isResponse { return "what left is a response" }
    if line.count(where: { $0 == 0x20 }) != 2 || line.contains(0x09) {
      return "its start line has a space too many or too few"
    }
    if line.contains(0x3c) || line.contains(0x3e) { return "brackets stand round its Request-URI" }
    guard line.suffix(8).elementsEqual(Array(" SIP/2.0".utf8)) else {
      return "its start line ends in no SIP/2.0"
    }
    return nil
  }

  /// RFC 3261 §19.1.5: what stood behind the `?` of a Request-URI is no header of the request.
  private static func headersOfURI(_ message: Wire, _ sent: Wire) -> String? {
    for name in headerNames(of: sent.requestURI) where name != "body" {
      if message.values(name).count > sent.values(name).count {
        return "a header of its URI, \(name), became one of the request"
      }
    }
    return nil
  }

  private static func headerNames(of uri: [UInt8]) -> [String] {
    let text = String(decoding: uri, as: UTF8.self)
    guard text.lowercased().hasPrefix("sip"), let mark = text.lastIndex(of: "?") else { return [] }
    return text[mark...].dropFirst().split(separator: "&").map {
      String($0.prefix { $0 != "=" }).lowercased()
    }
  }

  // MARK: By the grammar

  /// Whether it parses, and ends where its body does.
  private static func grammar(_ seen: Observation.Seen) -> String? {
    var table = HeaderTable()
    do throws(Malformed) {
      try Parser.parse(seen.octets.span, into: &table)
    } catch {
      return "it does not parse: \(error.words)"
    }
    let outline = table.outline
    if let fault = outline.fault { return "it does not parse: \(fault.words)" }
    if outline.contentLength == Outline.absent, seen.transport.isReliable {
      return "it has no Content-Length on a stream"
    }
    let rest = seen.octets.count - outline.end
    guard rest == 0 else { return "\(rest) octets follow its body" }
    guard seen.transport.isReliable else { return nil }
    return Framing.measure(seen.octets.span) == .message(seen.octets.count)
      ? nil : "where it ends cannot be told on a stream"
  }

  /// Whether it has what every message must have (RFC 3261 §8.1.1).
  private static func essentials(_ octets: [UInt8]) -> String? {
    var table = HeaderTable()
    do throws(Malformed) {
      try Parser.parse(octets.span, into: &table)
      _ = try Essentials(Message(octets.span, table))
    } catch {
      return "it lacks what every message has: \(error.words)"
    }
    return nil
  }

  /// The Request-URI, and the addresses that others will act upon.
  private static func values(_ octets: [UInt8]) -> String? {
    var table = HeaderTable()
    do throws(Malformed) {
      try Parser.parse(octets.span, into: &table)
      try check(Message(octets.span, table))
    } catch {
      return "a value in it is broken: \(error.words)"
    }
    return nil
  }

  private static func check(_ message: borrowing Message) throws(Malformed) {
    let uri = try URI.parseRequest(message.bytes, message.outline.requestURI)
    guard uri.headers.isEmpty else { throw Malformed(.uriHeaders, at: uri.headers.start) }
    for place in 0..<message.headers.count {
      let header = message.headers[place]
      switch header.name {
      case .from, .to: _ = try NameAddress.parse(message.bytes, header.value)
      case .contact where NameAddress.isWildcard(message.bytes, header.value): break
      case .contact, .route, .recordRoute:
        var list = NameAddressList(message.bytes, header.value)
        while try list.next() != nil {}
      default: break
      }
    }
  }
}

extension Malformed {
  /// `Bad Port at 43`.
  var words: String { "\(fault.phrase) at \(offset)" }
}

extension Wire {
  /// Transport, host and port of the top Via, without white space and in lower case.
  fileprivate var sender: String? {
    guard let via = text("Via")?.filter({ !$0.isWhitespace }).lowercased() else { return nil }
    let parts = via.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    return parts.last.map { String($0.prefix { $0 != ";" && $0 != "," }) }
  }

  /// The words of a CSeq; of a number, its digits without leading zeros.
  fileprivate static func words(_ value: [UInt8]) -> [Substring] {
    String(decoding: value, as: UTF8.self).split(whereSeparator: \.isWhitespace).map { word in
      word.allSatisfy(\.isNumber) ? word.drop { $0 == "0" } : word
    }
  }
}
