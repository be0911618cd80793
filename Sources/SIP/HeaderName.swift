public import Basics

/// The header fields that this element knows by name: those of RFC 3261 §20 and of the extensions
/// that a border meets, with their compact forms (RFC 3261 §7.3.3). Any other is `other`, and is
/// carried unchanged.
public enum HeaderName: UInt8, Hashable, Sendable, CaseIterable {
  case accept, acceptContact, acceptEncoding, acceptLanguage, alertInfo, allow, allowEvents
  case authenticationInfo, authorization, callID, callInfo, contact, contentDisposition
  case contentEncoding, contentLanguage, contentLength, contentType, cSeq, date, diversion
  case errorInfo, event, expires, from, geolocation, historyInfo, identity, identityInfo
  case inReplyTo, join, maxBreadth, maxForwards, mimeVersion, minExpires, minSE, organization
  case pAccessNetworkInfo, pAssertedIdentity, pChargingVector, pPreferredIdentity
  case pVisitedNetworkID, path, priority, privacy, proxyAuthenticate, proxyAuthorization
  case proxyRequire, rAck, reason, recordRoute, referSub, referTo, referredBy, rejectContact
  case replaces, replyTo, requestDisposition, require, resourcePriority, retryAfter, route, rSeq
  case server, serviceRoute, sessionExpires, sessionID, subject, subscriptionState, supported
  case targetDialog, timestamp, to, unsupported, userAgent, via, warning, wwwAuthenticate, other

  /// The full name, in its usual spelling; empty for `other`.
  public var text: StaticString {
    HeaderName.texts[Int(rawValue)]
  }

  /// The header that a slice of a message names, in any case and in its full or compact form.
  public init(_ bytes: Span<UInt8>, _ slice: Slice) {
    let length = slice.count
    guard length > 0, length <= 24 else {
      self = .other
      return
    }
    let first = bytes.foldedWord(slice.start, length)
    let second = length > 8 ? bytes.foldedWord(slice.start &+ 8, length &- 8) : 0
    let third = length > 16 ? bytes.foldedWord(slice.start &+ 16, length &- 16) : 0
    self = spellings.span.find(first, second, third, length)
  }

  /// In the order of the cases.
  private static let texts: [StaticString] = [
    "Accept",
    "Accept-Contact",
    "Accept-Encoding",
    "Accept-Language",
    "Alert-Info",
    "Allow",
    "Allow-Events",
    "Authentication-Info",
    "Authorization",
    "Call-ID",
    "Call-Info",
    "Contact",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Language",
    "Content-Length",
    "Content-Type",
    "CSeq",
    "Date",
    "Diversion",
    "Error-Info",
    "Event",
    "Expires",
    "From",
    "Geolocation",
    "History-Info",
    "Identity",
    "Identity-Info",
    "In-Reply-To",
    "Join",
    "Max-Breadth",
    "Max-Forwards",
    "MIME-Version",
    "Min-Expires",
    "Min-SE",
    "Organization",
    "P-Access-Network-Info",
    "P-Asserted-Identity",
    "P-Charging-Vector",
    "P-Preferred-Identity",
    "P-Visited-Network-ID",
    "Path",
    "Priority",
    "Privacy",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Proxy-Require",
    "RAck",
    "Reason",
    "Record-Route",
    "Refer-Sub",
    "Refer-To",
    "Referred-By",
    "Reject-Contact",
    "Replaces",
    "Reply-To",
    "Request-Disposition",
    "Require",
    "Resource-Priority",
    "Retry-After",
    "Route",
    "RSeq",
    "Server",
    "Service-Route",
    "Session-Expires",
    "Session-ID",
    "Subject",
    "Subscription-State",
    "Supported",
    "Target-Dialog",
    "Timestamp",
    "To",
    "Unsupported",
    "User-Agent",
    "Via",
    "Warning",
    "WWW-Authenticate",
    "",
  ]

  /// The compact forms of RFC 3261 §7.3.3 and of the registry since.
  fileprivate static let compactForms: [(letter: StaticString, name: HeaderName)] = [
    ("a", .acceptContact),
    ("u", .allowEvents),
    ("i", .callID),
    ("m", .contact),
    ("e", .contentEncoding),
    ("l", .contentLength),
    ("c", .contentType),
    ("o", .event),
    ("f", .from),
    ("y", .identity),
    ("n", .identityInfo),
    ("r", .referTo),
    ("b", .referredBy),
    ("j", .rejectContact),
    ("d", .requestDisposition),
    ("x", .sessionExpires),
    ("s", .subject),
    ("k", .supported),
    ("t", .to),
    ("v", .via),
  ]
}

/// One way to spell a header's name: its octets in lower case, as three words.
private struct Spelling {
  var first: UInt64 = 0
  var second: UInt64 = 0
  var third: UInt64 = 0
  var length = 0
  var name = HeaderName.other

  static func place(_ first: UInt64, _ second: UInt64, _ length: Int) -> Int {
    let mixed = (first ^ second &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(length)) &* 0xff51_afd7_ed55_8ccd
    return Int(truncatingIfNeeded: mixed >> 55)
  }
}

/// All spellings, by open addressing in 512 places: made once, read by every message.
private let spellings: [Spelling] = {
  var table = [Spelling](repeating: Spelling(), count: 512)
  func enter(_ text: StaticString, _ name: HeaderName) {
    var words: [UInt64] = [0, 0, 0]
    let octets = Array("\(text)".utf8)
    for (place, octet) in octets.enumerated() {
      words[place / 8] |= UInt64(octet | 0x20) << UInt64(place % 8 * 8)
    }
    var place = Spelling.place(words[0], words[1], octets.count)
    while table[place].length != 0 { place = (place + 1) & 511 }
    table[place] = Spelling(
      first: words[0], second: words[1], third: words[2], length: octets.count, name: name)
  }
  for name in HeaderName.allCases where name != .other { enter(name.text, name) }
  for form in HeaderName.compactForms { enter(form.letter, form.name) }
  return table
}()

extension Span<Spelling> {
  fileprivate func find(
    _ first: UInt64, _ second: UInt64, _ third: UInt64, _ length: Int
  ) -> HeaderName {
    var place = Spelling.place(first, second, length)
    while self[place].length != 0 {
      if self[place].first == first, self[place].second == second, self[place].third == third,
        self[place].length == length
      {
        return self[place].name
      }
      place = (place &+ 1) & 511
    }
    return .other
  }
}
