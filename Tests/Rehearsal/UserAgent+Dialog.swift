import Basics

// Requests within a dialog, of either side (RFC 3261 §12.2).
extension UserAgent {
  /// A request with the dialog's route set; a strict router first in it gets what it wants (RFC
  /// 3261 §12.2.1.1).
  func request(_ method: String, in leg: Leg, cSeq: Int? = nil) -> PlainMessage {
    if cSeq == nil { leg.cSeq += 1 }
    var routes = leg.routeSet
    var uri = leg.remoteTarget
    if let first = routes.first, !PlainURI(of: first).isLoose {
      routes = routes.dropFirst() + ["<\(uri)>"]
      uri = PlainURI(of: first).text
    }
    var request = PlainMessage(startLine: "\(method) \(uri) SIP/2.0")
    request.add("Via", via(unique("z9hG4bK")))
    for route in routes { request.add("Route", route) }
    request.add("Max-Forwards", "70")
    request.add("From", "<\(leg.localURI)>;tag=\(leg.localTag)")
    request.add("To", "<\(leg.remoteURI)>;tag=\(leg.remoteTag ?? "")")
    request.add("Call-ID", leg.callID)
    request.add("CSeq", "\(cSeq ?? leg.cSeq) \(method)")
    request.add("Contact", contact)
    return request
  }

  private func nextHop(_ leg: Leg) -> (Endpoint, Transport)? {
    let uri = leg.routeSet.first.map { PlainURI(of: $0) } ?? PlainURI(text: leg.remoteTarget)
    guard let place = uri.place else { return nil }
    return (place, uri.transport)
  }

  func send(_ bytes: [UInt8], in leg: Leg) {
    guard let (place, transport) = nextHop(leg) else { return }
    send(bytes, to: place, over: transport)
  }

  func send(
    _ request: PlainMessage, in leg: Leg, timedOut: @escaping () -> Void = {},
    _ respond: @escaping (PlainMessage) -> Void = { _ in }
  ) {
    guard let (place, transport) = nextHop(leg) else { return }
    let method = request.method
    var request = request
    if transport != self.transport {
      request["Via"] = request["Via"]?.replacing("SIP/2.0/UDP", with: "SIP/2.0/TCP")
    }
    leg.asking = ask(
      request, to: place, over: transport,
      timedOut: {
        leg.inDialog.append((method, 408))
        timedOut()
      },
      { response in
        if response.status >= 200 { leg.inDialog.append((method, response.status)) }
        respond(response)
      })
  }

  /// Says BYE.
  package func hangUp(_ leg: Leg) {
    guard leg.state == .confirmed else { return }
    leg.state = .ended
    send(request("BYE", in: leg), in: leg)
  }

  /// Sends a request within the dialog.
  package func inDialog(_ method: String, _ leg: Leg) {
    guard leg.state == .confirmed else { return }
    guard method == "INVITE" else { return send(request(method, in: leg), in: leg) }
    leg.reINVITEIsPending = true
    let invite = request("INVITE", in: leg)
    let number = leg.cSeq
    send(invite, in: leg, timedOut: { leg.reINVITEIsPending = false }) { [self] response in
      guard response.status >= 200 else { return }
      leg.reINVITEIsPending = false
      if response.status < 300 { send(request("ACK", in: leg, cSeq: number).bytes, in: leg) }
    }
  }
}
