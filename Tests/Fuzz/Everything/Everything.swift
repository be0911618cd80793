package import Basics
import SIP

/// Reads a value by every grammar of SIP, and follows what comes out as the rest of the
/// element does.
package enum Everything {
  /// - Returns: how many values the longest list had.
  package static func read(_ bytes: Span<UInt8>, _ slice: Slice) -> Int {
    addresses(bytes, slice)
    scalars(bytes, slice)
    events(bytes, slice)
    return max(lists(bytes, slice), moreLists(bytes, slice))
  }

  private static func within(_ part: Slice?, _ bytes: Span<UInt8>) {
    guard let part else { return }
    precondition(part.end <= bytes.count)
  }

  private static func check(_ uri: URI, _ bytes: Span<UInt8>) {
    within(uri.whole, bytes)
    within(uri.user, bytes)
    within(uri.password, bytes)
    within(uri.hostPort.text, bytes)
    within(uri.parameters, bytes)
    within(uri.headers, bytes)
    _ = uri.maddr(in: bytes)
    _ = uri.ttl(in: bytes)
    _ = uri.method(in: bytes)
    var parameters = uri.parameters(in: bytes)
    while let parameter = parameters.next() { within(parameter.whole, bytes) }
    var headers = uri.headers(in: bytes)
    while let header = headers.next() { within(header.whole, bytes) }
    precondition(URI.equals(uri, bytes, uri, bytes))
  }

  private static func addresses(_ bytes: Span<UInt8>, _ slice: Slice) {
    if let uri = try? URI.parse(bytes, slice) { check(uri, bytes) }
    if let uri = try? URI.parseRequest(bytes, slice) { check(uri, bytes) }
    if let uri = try? TelephoneURI.parse(bytes, slice) {
      within(uri.parameters, bytes)
      var parameters = uri.parameters(in: bytes)
      while let parameter = parameters.next() { within(parameter.whole, bytes) }
    }
    _ = try? TelephoneURI.parseSubscriber(bytes, slice)
    _ = try? Host.parse(bytes, slice)
    _ = try? HostPort.parse(bytes, slice)
    if let via = try? Via.parse(bytes, slice) {
      within(via.whole, bytes)
      within(via.branch, bytes)
      within(via.rportValue, bytes)
    }
    if let value = try? NameAddress.parse(bytes, slice) {
      within(value.displayName, bytes)
      check(value.uri, bytes)
    }
    _ = NameAddress.isWildcard(bytes, slice)
  }

  private static func scalars(_ bytes: Span<UInt8>, _ slice: Slice) {
    _ = try? CSeq.parse(bytes, slice)
    _ = try? CallID.parse(bytes, slice)
    _ = try? Scalar.maxForwards(bytes, slice)
    _ = try? Scalar.maxBreadth(bytes, slice)
    _ = try? Scalar.contentLength(bytes, slice)
    _ = try? Scalar.deltaSeconds(bytes, slice)
    _ = try? Scalar.rSeq(bytes, slice)
    dates(bytes, slice)
    _ = try? TokenList.count(bytes, slice)
    _ = try? Timestamp.parse(bytes, slice)
    _ = try? SessionExpires.parse(bytes, slice)
    _ = try? RetryAfter.parse(bytes, slice)
    _ = try? Text.parse(bytes, slice)
    _ = try? IdentityValue.parse(bytes, slice)
    _ = try? IdentityInfo.parse(bytes, slice)
  }

  /// A date that can be read is written as one that says the same.
  private static func dates(_ bytes: Span<UInt8>, _ slice: Slice) {
    guard let date = try? SIPDate.parse(bytes, slice) else { return }
    var text: [UInt8] = []
    text.append(addingCapacity: SIPDate.length) { date.write(into: &$0) }
    let again = try? SIPDate.parse(text.span, Slice(from: 0, to: text.count))
    precondition(again == date)
  }

  private static func events(_ bytes: Span<UInt8>, _ slice: Slice) {
    _ = try? RAck.parse(bytes, slice)
    _ = try? Event.parse(bytes, slice)
    _ = try? SubscriptionState.parse(bytes, slice)
    _ = try? DialogReference.parse(bytes, slice)
    _ = try? DialogReference.parseTarget(bytes, slice)
    _ = try? Credentials.parse(bytes, slice)
    _ = try? Credentials.parseChallenge(bytes, slice)
    _ = try? MediaType.parse(bytes, slice)
    _ = try? Item.parse(bytes, slice)
    _ = try? ProductList.count(bytes, slice)
  }

  private static func lists(_ bytes: Span<UInt8>, _ slice: Slice) -> Int {
    var most = 0
    var count = 0
    var addresses = NameAddressList(bytes, slice)
    var previous: URI?
    while let value = try? addresses.next() {
      check(value.uri, bytes)
      // RFC 3261 §19.1.4: equality goes both ways.
      if let previous {
        let isEqual = URI.equals(previous, bytes, value.uri, bytes)
        precondition(isEqual == URI.equals(value.uri, bytes, previous, bytes))
      }
      previous = value.uri
      count += 1
    }
    most = max(most, count)
    count = 0
    var vias = ViaList(bytes, slice)
    while (try? vias.next()) != nil { count += 1 }
    most = max(most, count)
    count = 0
    var tokens = TokenList(bytes, slice)
    while (try? tokens.next()) != nil { count += 1 }
    most = max(most, count)
    count = 0
    var parameters = ParameterList(bytes, slice)
    while (try? parameters.next()) != nil { count += 1 }
    return max(most, count)
  }

  private static func moreLists(_ bytes: Span<UInt8>, _ slice: Slice) -> Int {
    var most = 0
    var count = 0
    var types = MediaTypeList(bytes, slice)
    while (try? types.next()) != nil { count += 1 }
    most = max(most, count)
    count = 0
    var reasons = ReasonList(bytes, slice)
    while (try? reasons.next()) != nil { count += 1 }
    most = max(most, count)
    count = 0
    var warnings = WarningList(bytes, slice)
    while (try? warnings.next()) != nil { count += 1 }
    most = max(most, count)
    count = 0
    var products = ProductList(bytes, slice)
    while (try? products.next()) != nil { count += 1 }
    most = max(most, count)
    count = 0
    var parameters = AuthParameterList(bytes, slice)
    while let parameter = try? parameters.next() {
      count += 1
      within(parameter.value.map { QuotedText.content($0, in: bytes) }, bytes)
    }
    return max(most, count)
  }
}
