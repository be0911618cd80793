import Basics
import SIP
import Testing

@Suite struct URITests {
  /// The parts of a URI as texts.
  struct Parts: Equatable, CustomStringConvertible {
    var scheme = Scheme.sip
    var user: String?
    var password: String?
    var host = ""
    var port: UInt16?
    var parameters = ""
    var headers = ""

    var description: String {
      "\(scheme) \(user ?? "-") \(password ?? "-") \(host) \(port ?? 0) \(parameters) \(headers)"
    }
  }

  static let accepted: [(String, Parts)] = [
    ("sip:alice@atlanta.com", Parts(user: "alice", host: "atlanta.com")),
    (
      "sip:alice:secretword@atlanta.com;transport=tcp",
      Parts(
        user: "alice", password: "secretword", host: "atlanta.com", parameters: ";transport=tcp")
    ),
    (
      "sips:alice@atlanta.com?subject=project%20x&priority=urgent",
      Parts(
        scheme: .sips, user: "alice", host: "atlanta.com",
        headers: "subject=project%20x&priority=urgent")
    ),
    (
      "sip:+1-212-555-1212:1234@gateway.com;user=phone",
      Parts(
        user: "+1-212-555-1212", password: "1234", host: "gateway.com", parameters: ";user=phone")
    ),
    ("sips:1212@gateway.com", Parts(scheme: .sips, user: "1212", host: "gateway.com")),
    ("sip:alice@192.0.2.4", Parts(user: "alice", host: "192.0.2.4")),
    (
      "sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com",
      Parts(
        host: "atlanta.com", parameters: ";method=REGISTER", headers: "to=alice%40atlanta.com")
    ),
    ("sip:alice;day=tuesday@atlanta.com", Parts(user: "alice;day=tuesday", host: "atlanta.com")),
    ("sip:198.51.100.7;lr", Parts(host: "198.51.100.7", parameters: ";lr")),
    ("sip:[2001:db8::10]:5070", Parts(host: "2001:db8::10", port: 5070)),
    ("sip:[2001:db8::10:5070]", Parts(host: "2001:db8::10:5070")),
    ("SIP:a@b.", Parts(user: "a", host: "b.")),
    ("sip:a@my_host.example", Parts(user: "a", host: "my_host.example")),
    ("sip:3f2a1b0c:5060", Parts(host: "3f2a1b0c", port: 5060)),
    ("sip:example.com:5061?a=", Parts(host: "example.com", port: 5061, headers: "a=")),
    (
      "sip:user;par=u%40example.net@example.com",
      Parts(user: "user;par=u%40example.net", host: "example.com")
    ),
    ("sip:null-%00-null@example.com", Parts(user: "null-%00-null", host: "example.com")),
    ("sip:a?b/c,$=&+@h", Parts(user: "a?b/c,$=&+", host: "h")),
    ("sip:a:@h", Parts(user: "a", password: "", host: "h")),
    ("sip:h;a=b;c;%41=[/:&+$]", Parts(host: "h", parameters: ";a=b;c;%41=[/:&+$]")),
    (
      "tel:+1-201-555-0123;ext=7",
      Parts(scheme: .tel, user: "+1-201-555-0123", parameters: ";ext=7")
    ),
    ("http://www.example.com/?q=1", Parts(scheme: .other)),
    ("soap.beep://192.0.2.103:3002", Parts(scheme: .other)),
    ("nobodyKnowsThisScheme:totallyopaquecontent", Parts(scheme: .other)),
    ("isbn:2983792873", Parts(scheme: .other)),
    ("urn:service:sos", Parts(scheme: .other)),
  ]

  @Test(arguments: accepted) func reads(_ text: String, _ parts: Parts) throws {
    let value = Value(text)
    let uri = try value.parsed(URI.parse)
    let found = Parts(
      scheme: uri.scheme, user: value.text(uri.user), password: value.text(uri.password),
      host: value.text(uri.hostPort.host.text), port: uri.hostPort.port,
      parameters: value.text(uri.parameters), headers: value.text(uri.headers))
    #expect(found == parts)
    #expect(value.text(uri.whole) == text)
    let colon = text.firstIndex(of: ":") ?? text.endIndex
    #expect(value.text(uri.schemeText) == String(text[..<colon]))
    #expect(value.text(uri.opaque) == String(text[text.index(after: colon)...]))
  }

  static let refused: [Refused] = [
    Refused("", .uriScheme, at: 0),
    Refused("alice@atlanta.com", .uriScheme, at: 0),
    Refused("1sip:a@b", .uriScheme, at: 0),
    Refused(" sip:a@b", .uriScheme, at: 0),
    Refused("sip:", .host, at: 4),
    Refused("sip:@b", .uriUser, at: 4),
    Refused("sip:a@", .host, at: 6),
    Refused("sip:a b@c", .uriUser, at: 5),
    Refused("sip:a\u{e9}@c", .uriUser, at: 5),
    Refused("sip:a@b@c", .host, at: 7),
    Refused("sip:a%4@c", .escape, at: 5),
    Refused("sip:a%zz@c", .escape, at: 5),
    Refused("sip:a@b c", .host, at: 7),
    Refused("sip:a@b\"", .host, at: 7),
    Refused("sip:a@b:", .port, at: 8),
    Refused("sip:a@b:65536", .port, at: 8),
    Refused("sip:a@b:5060x", .host, at: 12),
    Refused("sip:2001:db8::10", .host, at: 4),
    Refused("sip:a@-b", .host, at: 6),
    Refused("sip:a@b-", .host, at: 8),
    Refused("sip:a@b-.c", .host, at: 8),
    Refused("sip:a@b..c", .host, at: 8),
    Refused("sip:a@.b", .host, at: 6),
    Refused("sip:a@300.1.1.1", .host, at: 6),
    Refused("sip:a@1.2.3", .host, at: 6),
    Refused("sip:a@[::1", .host, at: 10),
    Refused("sip:a@[]", .host, at: 7),
    Refused("sip:a@[1:2:3]", .host, at: 12),
    Refused("sip:a@b;", .uriParameter, at: 8),
    Refused("sip:a@b;;c", .uriParameter, at: 8),
    Refused("sip:a@b;c=", .uriParameter, at: 10),
    Refused("sip:a@b; lr", .uriParameter, at: 8),
    Refused("sip:a@b;lr>", .uriParameter, at: 10),
    Refused("sip:a@b;lr;LR", .uriParameter, at: 11),
    Refused("sip:a@b;transport=udp;transport=tcp", .uriParameter, at: 22),
    Refused("sip:a@b;c=%g0", .escape, at: 10),
    Refused("sip:a@b?", .uriHeaders, at: 8),
    Refused("sip:a@b?c", .uriHeaders, at: 9),
    Refused("sip:a@b?c=d&", .uriHeaders, at: 12),
    Refused("sip:a@b?c=d;e", .uriHeaders, at: 11),
    Refused("http:", .uriScheme, at: 5),
    Refused("http://a b", .uriScheme, at: 8),
    Refused("tel:", .uriUser, at: 4),
    Refused("tel:+1 2", .uriUser, at: 6),
  ]

  @Test(arguments: refused) func refuses(_ refused: Refused) {
    #expect(Value(refused.text).malformed(URI.parse) == refused.malformed)
  }

  @Test func aRequestURIHasNoHeadersAndNoBrackets() {
    let refused = [
      Refused("sip:a@b?c=d", .uriHeaders, at: 8),
      Refused("<sip:a@b>", .requestURI, at: 0),
    ]
    for refused in refused {
      #expect(Value(refused.text).malformed(URI.parseRequest) == refused.malformed)
    }
    #expect(Value("sip:a@b;lr").malformed(URI.parseRequest) == nil)
    #expect(Value("http://a?b=c").malformed(URI.parseRequest) == nil)
  }

  @Test func whatTheKnownParametersSay() throws {
    let value = Value(
      "sip:+1@h;Transport=TLS;LR;user=PHONE;ttl=15;maddr=239.255.255.1;method=INVITE;x=%41")
    let uri = try value.parsed(URI.parse)
    #expect(uri.transport == .tls)
    #expect(uri.transport?.transport == .tls)
    #expect(uri.hasLooseRouting)
    #expect(uri.userIsPhone)
    let span = value.octets.span
    let (ttl, maddr) = (uri.ttl(in: span), uri.maddr(in: span))
    let (method, x) = (uri.method(in: span), uri.parameter("X", in: span))
    let absent = uri.parameter("xx", in: span)
    #expect(ttl == 15)
    #expect(value.text(maddr) == "239.255.255.1")
    #expect(value.text(method) == "INVITE")
    #expect(value.text(x?.value) == "%41")
    #expect(value.text(x?.whole) == ";x=%41")
    #expect(absent?.name == nil)
  }

  @Test func unknownTransportsDifferFromNone() throws {
    #expect(try Value("sip:h;transport=sctp").parsed(URI.parse).transport == .other)
    #expect(try Value("sip:h;transport=udp1").parsed(URI.parse).transport == .other)
    #expect(try Value("sip:h").parsed(URI.parse).transport == nil)
    #expect(try Value("sip:h;transport=udp").parsed(URI.parse).transport == .udp)
    #expect(try Value("sip:h;user=ip").parsed(URI.parse).userIsPhone == false)
  }

  @Test func headersAndParametersInOrder() throws {
    let value = Value("sip:h;a;b=c?d=&e=f%20g")
    let uri = try value.parsed(URI.parse)
    var found: [String] = []
    let span = value.octets.span
    var parameters = uri.parameters(in: span)
    while let next = parameters.next() {
      found.append(value.text(next.name) + "=" + (value.text(next.value) ?? "nil"))
    }
    var headers = uri.headers(in: span)
    while let next = headers.next() {
      found.append(value.text(next.name) + "=" + (value.text(next.value) ?? "nil"))
    }
    #expect(found == ["a=nil", "b=c", "d=", "e=f%20g"])
  }
}
