/// What an element is to a message: each role has other duties (RFC 3261 §6).
package enum Role: String, Hashable, Sendable, CaseIterable {
  case proxy, uas, registrar
}

/// How a message is put to an element.
package enum Play: String, Hashable, Sendable, CaseIterable {
  /// The octets of the file.
  case asItIs = "as-is"
  /// The same with CRLF behind them: `baddn` lacks the empty line that ends its headers.
  case withEmptyLine = "crlf"
  /// A response, rewritten so as to answer a request that the element really sent: without a
  /// transaction every element lets a response fall, whatever it thinks of it.
  case liveResponse = "live-response"
}
