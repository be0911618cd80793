import Basics
import SIP
import Testing

/// Content-Type, Accept, Event, Replaces, Reason, Warning and the other values that are not in
/// every message.
@Suite struct HeaderValueTests {
  func drain(_ name: StaticString, _ bytes: Span<UInt8>, _ slice: Slice) throws(Malformed) {
    if name.description == "accept" {
      var list = MediaTypeList(bytes, slice)
      while try list.next() != nil {}
    } else if name.description == "warning" {
      var list = WarningList(bytes, slice)
      while try list.next() != nil {}
    } else if name.description == "reason" {
      var list = ReasonList(bytes, slice)
      while try list.next() != nil {}
    } else {
      var list = ItemList(bytes, slice)
      while try list.next() != nil {}
    }
  }

  func fault(_ name: StaticString, _ text: String) -> Malformed? {
    Value(text).malformed { (bytes, slice) throws(Malformed) in
      try self.drain(name, bytes, slice)
    }
  }

  @Test func readsContentType() throws {
    let value = Value("multipart/mixed ; boundary=\"a;b\";charset = utf-8")
    let type = try value.parsed(MediaType.parse)
    #expect(value.text(type.type) == "multipart")
    #expect(value.text(type.subtype) == "mixed")
    #expect(value.text(type.parameters) == "; boundary=\"a;b\";charset = utf-8")
    let sdp = Value("Application / SDP")
    let isSDP = try sdp.parsed(MediaType.parse)
      .isNamed("application", "sdp", in: sdp.octets.span)
    #expect(isSDP)
    for refused in [
      Refused("", .mediaType, at: 0), Refused("application", .mediaType, at: 11),
      Refused("application/", .mediaType, at: 12), Refused("a/b/c", .trailing, at: 3),
      Refused("a/b;", .parameter, at: 4), Refused("a/b, c/d", .trailing, at: 3),
      Refused("a/b;c=", .parameter, at: 6),
    ] {
      #expect(Value(refused.text).malformed(MediaType.parse) == refused.malformed)
    }
  }

  @Test func readsAccept() throws {
    let value = Value("application/sdp;level=1, application/*;q=0.5 ,\r\n */*;q=0")
    let span = value.octets.span
    var list = MediaTypeList(span, value.slice)
    var found: [String] = []
    while let type = try list.next() {
      found.append("\(value.text(type.type))/\(value.text(type.subtype)) \(type.q ?? 9)")
    }
    #expect(found == ["application/sdp 9", "application/* 500", "*/* 0"])
    #expect(fault("accept", "") == nil)
    #expect(fault("accept", "a/b,") == Malformed(.mediaType, at: 4))
    #expect(fault("accept", "a/b c/d") == Malformed(.trailing, at: 4))
  }

  @Test func readsItems() {
    #expect(fault("items", "gzip;q=1.0, identity; q=0.5, *;q=0") == nil)
    #expect(fault("items", "ipsec-3gpp;alg=hmac-sha-1-96;spi-c=1") == nil)
    #expect(fault("items", "a,,b") == Malformed(.token, at: 2))
    #expect(fault("items", "session;handling=\"x") == Malformed(.quotedString, at: 17))
    #expect(Value("session;handling=optional").malformed(Item.parse) == nil)
    #expect(Value("a,b").malformed(Item.parse) == Malformed(.trailing, at: 1))
  }

  @Test func readsEvents() throws {
    let event = Value("refer;id=93809824")
    #expect(event.text(try event.parsed(Event.parse).id) == "93809824")
    let dialog = Value("dialog.winfo")
    #expect(dialog.text(try dialog.parsed(Event.parse).type) == "dialog.winfo")
    #expect(Value("a;id").malformed(Event.parse) == Malformed(.event, at: 2))
    #expect(Value("a;id=\"x\"").malformed(Event.parse) == Malformed(.event, at: 2))
    #expect(Value("").malformed(Event.parse) == Malformed(.token, at: 0))

    let state = try Value("terminated;reason=timeout;retry-after=7")
      .parsed(SubscriptionState.parse)
    #expect(state.state == .terminated)
    #expect(state.retryAfter == 7)
    #expect(state.expires == nil)
    #expect(try Value("Active;expires=60").parsed(SubscriptionState.parse).expires == 60)
    #expect(try Value("x").parsed(SubscriptionState.parse).state == .other)
    #expect(
      Value("active;expires=x").malformed(SubscriptionState.parse) == Malformed(.number, at: 7))
  }

  @Test func readsRAck() throws {
    let value = Value("776656 1 INVITE")
    let rAck = try value.parsed(RAck.parse)
    #expect(rAck.rSeq == 776_656)
    #expect(rAck.cSeq == 1)
    #expect(value.text(rAck.methodText) == "INVITE")
    for refused in [
      Refused("1 2", .number, at: 3), Refused("1 2 ", .number, at: 4),
      Refused("4294967296 1 A", .number, at: 0), Refused("1 A 2", .number, at: 2),
      Refused("1 2 A B", .trailing, at: 6),
    ] {
      #expect(Value(refused.text).malformed(RAck.parse) == refused.malformed)
    }
  }

  @Test func readsDialogReferences() throws {
    let value = Value("425928@bobster.example.org;to-tag=7743;from-tag=6472;early-only")
    let replaces = try value.parsed(DialogReference.parse)
    #expect(value.text(replaces.callID) == "425928@bobster.example.org")
    #expect(value.text(replaces.localTag) == "7743")
    #expect(value.text(replaces.remoteTag) == "6472")
    #expect(replaces.isEarlyOnly)
    let target = try Value("a@b;remote-tag=1;local-tag=2").parsed(DialogReference.parseTarget)
    #expect(!target.isEarlyOnly)
    for refused in [
      Refused("a@b", .tag, at: 3), Refused("a@b;to-tag=1", .tag, at: 3),
      Refused("a@b;to-tag=1;from-tag", .tag, at: 3),
      Refused("a@b;to-tag=1;from-tag=\"2\"", .tag, at: 3),
      Refused("a@b;to-tag=1;from-tag=2;to-tag=3", .tag, at: 24),
      Refused(";to-tag=1", .callID, at: 0),
    ] {
      #expect(Value(refused.text).malformed(DialogReference.parse) == refused.malformed)
    }
  }

  @Test func readsReasonsAndWarnings() throws {
    let value = Value("SIP ;cause=200 ;text=\"Call completed elsewhere\", Q.850;cause=16,x;cause=y")
    let span = value.octets.span
    var list = ReasonList(span, value.slice)
    var found: [String] = []
    while let reason = try list.next() {
      found.append("\(value.text(reason.protocolText)) \(reason.cause.map { Int($0) } ?? -1)")
    }
    #expect(found == ["SIP 200", "Q.850 16", "x -1"])
    #expect(fault("reason", "SIP;cause=") == Malformed(.parameter, at: 10))

    let warning = Value("307 isi.edu \"Session\", 301 [::1]:5060 \"a \\\" b\",399 x:1 \"\"")
    let octets = warning.octets.span
    var warnings = WarningList(octets, warning.slice)
    var codes: [UInt16] = []
    while let next = try warnings.next() { codes.append(next.code) }
    #expect(codes == [307, 301, 399])
    for refused in [
      Refused("30 a \"b\"", .warning, at: 0), Refused("3070 a \"b\"", .warning, at: 0),
      Refused("307 \"b\"", .warning, at: 4), Refused("307 a b", .warning, at: 6),
      Refused("307 a\"b\"", .warning, at: 5), Refused("307 a \"b", .quotedString, at: 6),
      Refused("", .warning, at: 0),
    ] {
      #expect(fault("warning", refused.text) == refused.malformed, "\(refused)")
    }
  }

  @Test func readsTimes() throws {
    let session = try Value("4000;refresher=uac;x").parsed(SessionExpires.parse)
    #expect(session.seconds == 4000)
    #expect(session.refresher == .uac)
    #expect(try Value(" 90 ").parsed(SessionExpires.parse).refresher == nil)
    #expect(
      Value("90;refresher=me").malformed(SessionExpires.parse) == Malformed(.parameter, at: 3))
    #expect(Value("x").malformed(SessionExpires.parse) == Malformed(.number, at: 0))

    let value = Value("18000 (I'm in a (long) meeting) ;duration=3600")
    let retry = try value.parsed(RetryAfter.parse)
    #expect(retry.seconds == 18_000)
    #expect(retry.duration == 3600)
    #expect(value.text(retry.comment) == "(I'm in a (long) meeting)")
    #expect(Value("1 (a").malformed(RetryAfter.parse) == Malformed(.comment, at: 2))
    #expect(Value("1 a").malformed(RetryAfter.parse) == Malformed(.trailing, at: 2))

    let stamp = Value("54.21 0.5")
    let timestamp = try stamp.parsed(Timestamp.parse)
    #expect(stamp.text(timestamp.time) == "54.21")
    #expect(stamp.text(timestamp.delay) == "0.5")
    #expect(try Value("7. ").parsed(Timestamp.parse).delay == nil)
    #expect(Value(".5").malformed(Timestamp.parse) == Malformed(.number, at: 0))
    #expect(Value("1 x").malformed(Timestamp.parse) == Malformed(.number, at: 2))
  }

  @Test func readsProducts() throws {
    for (text, count) in [
      ("BenchUA/1.0", 1), ("Softphone Beta1.5", 2), ("HomeServer v2", 2), ("a / 1 (b (c)) d", 3),
      ("(only \\) a comment)", 1), ("(é)", 1),
    ] {
      #expect(try Value(text).parsed(ProductList.count) == count, "\(text)")
    }
    for refused in [
      Refused("", .token, at: 0), Refused("a/", .token, at: 2), Refused("(a", .comment, at: 0),
      Refused("a@b", .trailing, at: 1), Refused("(\u{1})", .comment, at: 1),
      Refused("a)", .trailing, at: 1),
      Refused(String(repeating: "(", count: 17), .comment, at: 16),
    ] {
      #expect(Value(refused.text).malformed(ProductList.count) == refused.malformed)
    }
  }

  @Test func readsText() throws {
    let value = Value("  Need more boxes \u{e9}  ")
    #expect(value.text(try value.parsed(Text.parse)) == "Need more boxes \u{e9}")
    #expect(Value([0x61, 0xff]).malformed(Text.parse) == Malformed(.text, at: 1))
    #expect(Value("a\u{7}").malformed(Text.parse) == Malformed(.text, at: 1))
    #expect(Value("").malformed(Text.parse) == nil)
  }

  @Test func readsIdentity() throws {
    #expect(Value("\"ZYNBbHC00VMZr2kZt6Vm\"").malformed(IdentityValue.parse) == nil)
    #expect(Value("\"abcdefg=\"").malformed(IdentityValue.parse) == nil)
    for text in ["abcd", "\"\"", "\"abc\"", "\"ab=c\"", "\"a===\"", "\"abcd", "\"abcd\" x"] {
      #expect(Value(text).malformed(IdentityValue.parse) != nil, "\(text)")
    }
    let info = Value("<https://atlanta.example.com/atlanta.cer>;alg=rsa-sha1")
    #expect(info.text(try info.parsed(IdentityInfo.parse).algorithm) == "rsa-sha1")
    #expect(Value("https://a").malformed(IdentityInfo.parse) == Malformed(.identity, at: 0))
  }
}
