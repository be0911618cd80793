extension Template {
  /// What is spoilt: every method that a border meets, each header that it reads, and the answers
  /// of the other side. After the groups of PROTOS c07-sip, and what has come since.
  static let all: [Template] = [
    invite, register, options, subscribe, refer, within, message, ringing, answer, redirection,
    challenge,
  ]

  private static let body = """
    v={SDP v|0}
    o={SDP o username|-} {SDP o session|2890844526} {SDP o version|1} {SDP o nettype|IN} \
    {SDP o addrtype|IP4} {SDP o address|127.0.0.2}
    s={SDP s|call}
    c={SDP c nettype|IN} {SDP c addrtype|IP4} {SDP c address|127.0.0.2}
    t={SDP t start|0} {SDP t stop|0}
    m={SDP m media|audio} {SDP m port|49170} {SDP m proto|RTP/AVP} {SDP m format|0}
    a={SDP a name|rtpmap}:{SDP a value|0 PCMU/8000}
    """

  private static func via() -> String {
    "Via: {Via protocol|SIP}/{Via version|2.0}/{Via transport|UDP} "
      + "{Via host|127.0.0.2}:{Via port|5060};branch={Via branch|z9hG4bKm#};"
      + "rport{Via parameter|}"
  }

  /// The lines that every request has.
  private static func request(_ method: String, tag: String = "") -> String {
    """
    {Method|\(method)} {Request-URI scheme|sip}:{Request-URI user|bob}@\
    {Request-URI host|callee.example}:{Request-URI port|5060};\
    {Request-URI parameter|user=phone} {SIP-Version|SIP/2.0}
    \(via())
    Max-Forwards: {Max-Forwards|70}
    From: {From display name|"Alice"} {From bracket|<}{From scheme|sip}:{From user|alice}@\
    {From host|caller.example}>;tag={From tag|a#}
    To: {To display name|Bob} {To bracket|<}{To URI|sip:bob@callee.example}>\(tag)
    Call-ID: {Call-ID|m#}@{Call-ID host|caller.example}
    CSeq: {CSeq number|1} {CSeq method|\(method)}
    """
  }

  private static let contact = """
    Contact: {Contact display name|"A"} <{Contact URI|sip:alice@127.0.0.2:5060}>\
    {Contact parameter|;expires=60}
    """

  private static let invite = Template(
    "INVITE",
    """
    \(request("INVITE"))
    \(contact)
    Route: {Route|<sip:127.0.0.1:5060;lr>}
    Record-Route: {Record-Route|<sip:10.9.9.9;lr>}
    Supported: {Supported|timer, 100rel}
    Allow: {Allow|INVITE, ACK, BYE, CANCEL}
    Session-Expires: {Session-Expires|1800;refresher=uac}
    P-Asserted-Identity: {P-Asserted-Identity|<tel:+15550100>}
    Date: {Date|Sat, 13 Nov 2010 23:29:00 GMT}
    Max-Breadth: {Max-Breadth|10}
    User-Agent: {User-Agent|mutant}
    Content-Type: {Content-Type|application/sdp}
    Content-Length: {Content-Length|$}

    \(body)
    """)

  private static let register = Template(
    "REGISTER",
    """
    \(request("REGISTER"))
    \(contact)
    Expires: {Expires|3600}
    Authorization: {Authorization scheme|Digest} username="{Authorization username|alice}", \
    realm="{Authorization realm|caller.example}", nonce="{Authorization nonce|84a4cc6f}", \
    uri="{Authorization uri|sip:caller.example}", nc={Authorization nc|00000001}, \
    response="{Authorization response|7587245234b3434cc3412213e5f113a5}"
    Content-Length: {Content-Length|$}

    """)

  private static let options = Template(
    "OPTIONS",
    """
    \(request("OPTIONS"))
    Require: {Require|timer}
    Proxy-Require: {Proxy-Require|}
    Accept: {Accept|application/sdp}
    {Header name|X-Header}: {Header value|x}
    Content-Length: {Content-Length|$}

    """)

  private static let subscribe = Template(
    "SUBSCRIBE",
    """
    \(request("SUBSCRIBE"))
    \(contact)
    Event: {Event|presence;id=1}
    Expires: {Expires|600}
    l: {Content-Length|$}

    """)

  private static let refer = Template(
    "REFER",
    """
    \(request("REFER"))
    \(contact)
    Refer-To: {Refer-To|<sip:carol@example.net?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2>}
    Replaces: {Replaces|a@b;to-tag=1;from-tag=2}
    Content-Length: {Content-Length|$}

    """)

  private static let within = Template(
    "BYE",
    """
    \(request("BYE", tag: ";tag={To tag|b#}"))
    Route: {Route|<sip:127.0.0.1:5060;lr>}, {Route|<sip:10.9.9.9;lr>}
    Reason: {Reason|Q.850;cause=16;text="x"}
    RAck: {RAck|1 1 INVITE}
    Content-Length: {Content-Length|$}

    """)

  private static let message = Template(
    "MESSAGE",
    """
    \(request("MESSAGE"))
    Content-Type: {Content-Type|multipart/mixed;boundary=x}
    Content-Disposition: {Content-Disposition|render}
    Content-Encoding: {Content-Encoding|identity}
    Content-Length: {Content-Length|$}

    {Body|Hello}
    """)

  private static func response(_ status: String, _ reason: String) -> String {
    """
    {SIP-Version|SIP/2.0} {Status-Code|\(status)} {Reason-Phrase|\(reason)}
    Via: {Via|@v}
    From: {From|@f}
    To: {To|@t};tag={To tag|c#}
    Call-ID: {Call-ID|@i}
    CSeq: {CSeq|@c}
    Contact: {Contact|<sip:bob@127.0.0.1:5070>}
    """
  }

  private static let ringing = Template(
    "180", isResponse: true,
    """
    \(response("180", "Ringing"))
    RSeq: {RSeq|1}
    Content-Length: {Content-Length|$}

    """)

  private static let answer = Template(
    "200", isResponse: true,
    """
    \(response("200", "OK"))
    Record-Route: {Record-Route|<sip:10.9.9.9;lr>}
    Session-Expires: {Session-Expires|1800;refresher=uas}
    Content-Type: {Content-Type|application/sdp}
    Content-Length: {Content-Length|$}

    \(body)
    """)

  private static let redirection = Template(
    "302", isResponse: true,
    """
    \(response("302", "Moved Temporarily"))
    Contact: {Contact|<sip:new@127.0.0.1:5071>;q=0.5, sip:other@example.net}
    Retry-After: {Retry-After|18000 (lunch);duration=60}
    Warning: {Warning|307 example.net "Session"}
    Content-Length: {Content-Length|$}

    """)

  private static let challenge = Template(
    "407", isResponse: true,
    """
    \(response("407", "Proxy Authentication Required"))
    Proxy-Authenticate: {Proxy-Authenticate|Digest realm="x", nonce="y", qop="auth"}
    Unsupported: {Unsupported|timer}
    Content-Length: {Content-Length|$}

    """)
}
