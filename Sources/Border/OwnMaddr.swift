import Basics
import Routing
import SIP

/// What a URI's `maddr` means here (RFC 3261 §16.4, §16.5).
enum Maddr {
  case none
  /// It names somebody else, who is the only target.
  case foreign
  /// It names us, and this falls away of the URI.
  case own(Cuts)
}

/// What falls away of a URI whose `maddr` is ours: that, and a port and a transport other than the
/// default ones (RFC 3261 §16.4). Empty where there is nothing to cut.
struct Cuts {
  var port = Slice.empty
  var maddr = Slice.empty
  var transport = Slice.empty

  var isEmpty: Bool { maddr.isEmpty }

  /// Writes a text, the URI among it, without what falls away.
  func write(_ bytes: Span<UInt8>, _ text: Slice, into out: inout OutputSpan<UInt8>) {
    var place = text.start
    let isMaddrFirst = transport.isEmpty || maddr.start < transport.start
    skip(port, bytes, &place, text.end, &out)
    skip(isMaddrFirst ? maddr : transport, bytes, &place, text.end, &out)
    skip(isMaddrFirst ? transport : maddr, bytes, &place, text.end, &out)
    out.write(bytes, Slice(from: place, to: text.end))
  }

  private func skip(
    _ cut: Slice, _ bytes: Span<UInt8>, _ place: inout Int, _ end: Int,
    _ out: inout OutputSpan<UInt8>
  ) {
    if cut.isEmpty || cut.start < place || cut.end > end { return }
    out.write(bytes, Slice(from: place, to: cut.start))
    place = cut.end
  }

  /// Writes a URI that becomes a Request-URI, without what falls away and without what none may
  /// have.
  func write(_ bytes: Span<UInt8>, target uri: URI, into out: inout OutputSpan<UInt8>) {
    let parts = uri.partsOfTarget(in: bytes)
    write(bytes, parts.before, into: &out)
    write(bytes, parts.after, into: &out)
  }
}

extension URI {
  /// What of a URI stays when it becomes a Request-URI: neither `method` nor headers (RFC 3261
  /// §16.6 step 2, §19.1.1). The two parts stand around the `method`; the second may be empty.
  func partsOfTarget(in bytes: Span<UInt8>) -> (before: Slice, after: Slice) {
    let end = headers.isEmpty ? whole.end : headers.start &- 1
    let isSIP = scheme == .sip || scheme == .sips
    guard isSIP, let method = parameter("method", in: bytes)?.whole else {
      return (Slice(from: whole.start, to: end), Slice(from: end, to: end))
    }
    return (Slice(from: whole.start, to: method.start), Slice(from: method.end, to: end))
  }
}

extension Patch {
  /// Leaves out what falls away of a URI that stays where it is.
  mutating func remove(_ cuts: Cuts) {
    if cuts.isEmpty { return }
    remove(cuts.maddr)
    if !cuts.port.isEmpty { remove(cuts.port) }
    if !cuts.transport.isEmpty { remove(cuts.transport) }
  }
}

extension Core {
  /// What the `maddr` of a Request-URI means that came in on a listener. It is ours where it is an
  /// address or name of ours and the port and transport are those of the listener: with others it
  /// asks for another place, to which nothing leads from here.
  /// - Throws: a `maddr` that is no host.
  mutating func maddr(
    of uri: URI, in bytes: Span<UInt8>, on listener: UInt8, by policy: UInt32
  ) throws(Malformed) -> Maddr {
    guard let host = try uri.maddrHost(in: bytes) else { return .none }
    let (transport, port) = arrival(on: listener)
    let wanted = uri.transport ?? .udp
    guard isOwn(host, by: policy, in: bytes), wanted.transport == transport,
      uri.hostPort.port ?? 5060 == port
    else { return .foreign }
    var cuts = Cuts()
    cuts.maddr = uri.parameter("maddr", in: bytes)?.whole ?? .empty
    if wanted != .udp {
      cuts.transport = uri.parameter("transport", in: bytes)?.whole ?? .empty
    }
    if let port = uri.hostPort.port, port != 5060 {
      let host = uri.hostPort.host
      let bracket = host.kind == .ipv6 ? 1 : 0
      cuts.port = Slice(from: host.text.end &+ bracket, to: uri.hostPort.text.end)
    }
    return .own(cuts)
  }

  private func arrival(on listener: UInt8) -> (transport: Transport, port: UInt16) {
    let place = Int(listener)
    return (configuration.listeners[place].transport, configuration.listeners[place].local.port)
  }

  /// Whether a Request-URI that came in on a listener is this element's own (RFC 3261 §16.4).
  mutating func isOwn(
    _ uri: URI, in bytes: Span<UInt8>, on listener: UInt8, by policy: UInt32
  ) -> Bool {
    do throws(Malformed) {
      switch try maddr(of: uri, in: bytes, on: listener, by: policy) {
      case .none: return isOwn(uri.hostPort, by: policy, in: bytes)
      case .foreign: return false
      case .own: return isOwn(NextHop(arrived: uri).place, by: policy, in: bytes)
      }
    } catch {
      return false
    }
  }
}
