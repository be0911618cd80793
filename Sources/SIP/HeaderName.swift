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
    self = Spellings.shared.name(bytes, from: slice.start, to: slice.end)
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

/// One way to spell a header's name: its octets in lower case, as three words. A name has no NUL,
/// so that the words tell its length.
struct Spelling {
  var first: UInt64 = 0
  var second: UInt64 = 0
  var third: UInt64 = 0
  var name = HeaderName.other

  init() {}

  init(_ text: StaticString, _ name: HeaderName) {
    var words: [UInt64] = [0, 0, 0]
    for (place, octet) in "\(text)".utf8.enumerated() {
      words[place / 8] |= UInt64(octet | 0x20) << UInt64(place % 8 * 8)
    }
    (first, second, third) = (words[0], words[1], words[2])
    self.name = name
  }
}

/// All spellings, found by a hash that gives each of them a place of its own: one comparison tells
/// whether a name is known. Made once, read by every message.
struct Spellings {
  private let factor: UInt64
  private let entries: [Spelling]

  static let shared = Spellings()

  private init() {
    var all: [Spelling] = []
    for name in HeaderName.allCases where name != .other { all.append(Spelling(name.text, name)) }
    for form in HeaderName.compactForms { all.append(Spelling(form.letter, form.name)) }
    var factor: UInt64 = 0x9e37_79b9_7f4a_7c15
    while true {
      if let entries = Spellings.placed(all, factor) {
        (self.factor, self.entries) = (factor, entries)
        return
      }
      factor &*= 0xd134_2543_de82_ef95
    }
  }

  /// - Returns: `nil` when two of them have one place.
  private static func placed(_ all: [Spelling], _ factor: UInt64) -> [Spelling]? {
    var entries = [Spelling](repeating: Spelling(), count: 1024)
    for spelling in all {
      let place = place(spelling.first, spelling.second, factor)
      guard entries[place].name == .other else { return nil }
      entries[place] = spelling
    }
    return entries
  }

  @inline(__always)
  private static func place(_ first: UInt64, _ second: UInt64, _ factor: UInt64) -> Int {
    Int(truncatingIfNeeded: ((first ^ second &* 0xff51_afd7_ed55_8ccd) &* factor) &>> 54)
  }

  /// The header whose name stands between two offsets.
  @inline(__always)
  func name(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> HeaderName {
    let length = end &- start
    guard length > 0, length <= 24 else { return .other }
    let first = bytes.foldedWord(start, length)
    if length <= 8 { return find(first, 0, 0) }
    let second = bytes.foldedWord(start &+ 8, length &- 8)
    return find(first, second, length > 16 ? bytes.foldedWord(start &+ 16, length &- 16) : 0)
  }

  @inline(__always)
  private func find(_ first: UInt64, _ second: UInt64, _ third: UInt64) -> HeaderName {
    let spelling = entries[Spellings.place(first, second, factor)]
    let differs = spelling.first ^ first | spelling.second ^ second | spelling.third ^ third
    return differs == 0 ? spelling.name : .other
  }
}
