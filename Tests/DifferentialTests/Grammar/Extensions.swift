// Header fields of the extensions of RFC 3261, and such as nobody has heard of.
extension Field {
  static let extensions: [Field] = events + identities + dialogs + others
  static let all = rfc3261 + extensions

  /// RFC 6665, RFC 3262, RFC 3903.
  private static let events: [Field] = [
    Field("Event", "o", in: .requests) {
      let package = $0.oneIn(2) ? "presence" : $0.run(1...8, of: Grammar.alphanumeric)
      let template = $0.oneIn(3) ? ".winfo" : ""
      return package + template + $0.parameters([$0.known("id", $0.token())])
    },
    Field("Allow-Events", "u", .list) { $0.run(1...8, of: Grammar.alphanumeric) },
    Field("Subscription-State", in: .requests) {
      let known = [$0.known("expires", $0.seconds()), $0.known("reason", "deactivated")]
      return $0.pick(["active", "pending", "terminated", "x"]) + $0.parameters(known)
    },
    Field("RAck", in: .requests) {
      "\($0.number(1...99_999))\($0.lws())\($0.below(99_999))\($0.lws())\($0.method())"
    },
    Field("RSeq", in: .responses) { String($0.number(1...0x7fff_ffff)) },
    Field("SIP-ETag", in: .responses) { $0.token() },
    Field("SIP-If-Match", in: .requests) { $0.token() },
  ]

  /// RFC 3325, RFC 3323, RFC 4474, RFC 7044, RFC 5806.
  private static let identities: [Field] = [
    Field("P-Asserted-Identity", nil, .list) { $0.address() },
    Field("P-Preferred-Identity", nil, .list, in: .requests) { $0.address() },
    Field("Privacy") {
      $0.several(1...3, by: $0.semi()) { $0.pick(["header", "session", "user", "none", "id"]) }
    },
    Field("Identity", "y", in: .requests) {
      "\"" + $0.run(8...40, of: Grammar.alphanumeric) + "=\""
    },
    Field("Identity-Info", "n", in: .requests) { "<" + $0.otherURI() + ">;alg=rsa-sha1" },
    Field("History-Info", nil, .list) { $0.nameAddress() + $0.semi() + "index=1.\($0.below(9))" },
    Field("Diversion", nil, .list) { $0.nameAddress() + $0.parameters() },
    Field("Path", nil, .list, in: .requests) { $0.router() },
    Field("Service-Route", nil, .list, in: .responses) { $0.router() },
  ]

  /// RFC 3515, RFC 3891, RFC 3892, RFC 3911, RFC 4028, RFC 7989.
  private static let dialogs: [Field] = [
    Field("Refer-To", "r", in: .requests) { $0.address() + $0.parameters() },
    Field("Referred-By", "b", in: .requests) {
      $0.address() + $0.parameters([$0.known("cid", "\"\($0.run(3...9, of: Grammar.letters))@x\"")])
    },
    Field("Refer-Sub") { $0.pick(["true", "false"]) },
    Field("Replaces", in: .requests) {
      let early = $0.oneIn(2) ? ";early-only" : ""
      return $0.callID() + ";to-tag=" + $0.token() + $0.semi() + "from-tag=" + $0.token() + early
    },
    Field("Join", in: .requests) { $0.callID() + ";to-tag=\($0.token());from-tag=\($0.token())" },
    Field("Session-Expires", "x") {
      let refresher = $0.known("refresher", $0.pick(["uac", "uas"]))
      return "\($0.number(90...99_999))" + $0.parameters([refresher])
    },
    Field("Min-SE") { "\($0.number(90...99_999))" + $0.parameters() },
    Field("Session-ID") { $0.run(32...32, of: Grammar.hex).lowercased() },
  ]

  /// RFC 3326, RFC 3841, and what nobody knows.
  private static let others: [Field] = [
    Field("Reason", nil, .list) {
      let cause = $0.known("cause", "\($0.number(100...699))")
      let text = $0.known("text", $0.quoted())
      return $0.pick(["SIP", "Q.850", $0.token()]) + $0.parameters([cause, text])
    },
    Field("Request-Disposition", "d", .list, in: .requests) {
      $0.pick(["proxy", "redirect", "fork", "no-fork", "cancel", "recurse", "parallel", "queue"])
    },
    Field("Accept-Contact", "a", .list, in: .requests) { "*" + $0.parameters(["require"]) },
    Field("Reject-Contact", "j", .list, in: .requests) { "*" + $0.parameters() },
    Field("X-Unknown") { $0.text() },
    Field("P-Something") { $0.parameters().drop { $0 != ";" }.dropFirst().description },
  ]
}

// Header fields whose name is made up (`extension-header`, RFC 3261 §25.1).
extension Grammar {
  /// A name that no element knows.
  mutating func unknownHeaderName() -> String {
    "X" + pick(["-", "_", "!", "'", "%"]) + token(3...20)
  }

  /// `*(TEXT-UTF8char / UTF8-CONT / LWS)`: octets, as they need be no UTF-8.
  mutating func unknownHeaderValue() -> [UInt8] {
    var octets: [UInt8] = []
    for _ in 0..<below(8) {
      octets += text().utf8
      if oneIn(8) { octets.append(UInt8(number(0x80...0xbf))) }
      octets += lws().utf8
    }
    // White space at its end belongs to no header.
    while let last = octets.last, last <= 0x20 { octets.removeLast() }
    return octets
  }
}
