import Basics
import Cryptography
import SIP

/// The way out of a request: what stands between the received message and the one that is sent
/// (RFC 3261 §16.6). Nothing here decides; the edits are what the way in has found.
struct RequestOut {
  /// Where it goes.
  var flow: Flow
  /// The sent-by and address of the listener that it leaves by, and of the one that it came in on.
  var listener: UInt8
  var arrival: UInt8
  var branch: SealedToken
  /// RFC 5393 §4.2: the second part of the branch.
  var loop: UInt64
  /// Whether to put Record-Route, and with which tokens: the caller's and callee's side when these
  /// differ.
  var recordRoute: RecordRoute

  enum RecordRoute {
    case none
    case one(SealedToken)
    /// RFC 5658: one value for each side. The callee's stands on top.
    case two(caller: SealedToken, callee: SealedToken)
  }
}

extension Patch {
  /// RFC 3261 §18.2.1 and RFC 3581 §4: the top Via gets `received` where its sent-by is not the
  /// source's address, or where `rport` asks; and the source's port goes into `rport`. A `received`
  /// that the sender wrote himself is replaced.
  mutating func stamp(_ via: Via, _ source: Endpoint) {
    let asked = via.rport != .absent
    // Before `received`: where both go to the Via's end, the port belongs to the `rport` that
    // stands there.
    if asked {
      replace(via.rportValue) {
        $0.write("=")
        $0.write(decimal: Int(source.port))
      }
    }
    if let received = via.received {
      replace(received.text) { $0.write(bare: source.address) }
    } else if asked || via.sentBy.host.address != source.address {
      insert(at: via.end) {
        $0.write(";received=")
        $0.write(bare: source.address)
      }
    }
  }

  /// The headers that go on top: our Via (RFC 3261 §16.6 step 8), Record-Route (step 4), and
  /// Max-Forwards (step 3) and Max-Breadth (RFC 5393 §5.3.3) where the request had none.
  mutating func addHead(
    _ message: borrowing Message, _ way: RequestOut, _ listeners: [Listener], maxForwards: UInt8?
  ) {
    let breadth = message.header(message.outline.maxBreadth)
    insert(at: message.outline.headersStart) { out in
      let leaving = listeners[Int(way.listener)]
      out.write("Via: SIP/2.0/")
      out.write(leaving.transport.viaName)
      out.write(octet: 0x20)
      out.write(leaving.advertised.span)
      out.write(";branch=z9hG4bK")
      way.branch.write(into: &out)
      out.write(".")
      out.write(hexadecimal: way.loop, digits: 16)
      out.write("\r\n")
      Self.recordRoute(way, listeners, &out)
      if maxForwards == nil { out.write("Max-Forwards: 70\r\n") }
      if breadth == nil { Self.breadth(&out) }
    }
    if let breadth { boundBreadth(message, breadth.value) }
    guard let maxForwards, let header = message.header(message.outline.maxForwards) else { return }
    replace(header.value) { $0.write(decimal: Int(maxForwards) - 1) }
  }

  private static func recordRoute(
    _ way: RequestOut, _ listeners: [Listener], _ out: inout OutputSpan<UInt8>
  ) {
    switch way.recordRoute {
    case .none:
      break
    case .one(let token):
      value(token, listeners[Int(way.listener)], &out)
    case .two(let caller, let callee):
      value(callee, listeners[Int(way.listener)], &out)
      value(caller, listeners[Int(way.arrival)], &out)
    }
  }

  private static func value(
    _ token: SealedToken, _ listener: Listener, _ out: inout OutputSpan<UInt8>
  ) {
    out.write("Record-Route: <sip:")
    token.write(into: &out)
    out.write("@")
    out.write(listener.advertised.span)
    out.write(listener.transport.uriParameter)
    out.write(";lr>\r\n")
  }

  /// Takes our own values out of the Route headers, mends the Request-URI that a strict router
  /// upstream left, and prepares it for one downstream (RFC 3261 §16.4, §16.6 step 6).
  mutating func applyRoutes(_ message: borrowing Message, _ set: RouteSet) {
    let bytes = message.bytes
    var place = set.ownLines > 0 ? message.next(.route, from: Int(message.outline.route)) : nil
    for _ in 0..<set.ownLines {
      guard let line = place else { break }
      remove(message.headers[line].line)
      place = message.next(.route, from: line &+ 1)
    }
    if !set.ownPart.isEmpty { remove(set.ownPart) }
    guard let next = set.next, !next.uri.hasLooseRouting else {
      if let repaired = set.repaired {
        replace(message.outline.requestURI) {
          set.cuts.write(bytes, target: repaired.uri, into: &$0)
        }
        remove(set.repairedCut)
      } else {
        remove(set.cuts)
      }
      return
    }
    remove(set.nextCut)
    replace(message.outline.requestURI) { Cuts().write(bytes, target: next.uri, into: &$0) }
    // A strict router on both sides: the last Route value is the target already, as this one wants
    // it.
    if set.repaired != nil { return remove(set.cuts) }
    insert(at: message.outline.headersEnd) { out in
      out.write("Route: <")
      set.cuts.write(bytes, message.outline.requestURI, into: &out)
      out.write(">\r\n")
    }
  }

  /// RFC 3261 §18.3: over a stream Content-Length is not optional, though the datagram that the
  /// message came in had none.
  mutating func addLength(_ message: borrowing Message, over transport: Transport) {
    guard transport.isReliable, message.outline.contentLength == Outline.absent else { return }
    insert(at: message.outline.headersEnd) {
      $0.write("Content-Length: ")
      $0.write(decimal: message.body.count)
      $0.write("\r\n")
    }
  }

  /// Takes our own Via off a response (RFC 3261 §16.7 step 3).
  mutating func removeVia(_ via: Via, _ header: Header) {
    remove(via.hasMore ? Slice(from: via.whole.start, to: via.next) : header.line)
  }
}

extension Transport {
  /// As a Via names it (RFC 3261 §20.42).
  var viaName: StaticString {
    switch self {
    case .udp: "UDP"
    case .tcp: "TCP"
    case .tls: "TLS"
    }
  }

  /// As a URI names it; nothing for UDP, which a URI without it means (RFC 3263 §4.1).
  var uriParameter: StaticString {
    switch self {
    case .udp: ""
    case .tcp: ";transport=tcp"
    case .tls: ";transport=tls"
    }
  }
}
