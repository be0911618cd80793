package import Basics
package import SIP

/// Which server transaction a request belongs to (RFC 3261 §17.2.3), as one key.
package enum Matching {
  /// - Parameters:
  ///   - method: the method to match: that of the INVITE for its ACK and CANCEL.
  ///   - secret: so that nobody can choose branches which fall into one place of the index.
  package static func key(
    _ message: borrowing Message, _ essentials: Essentials, method: Method, secret: Key
  ) -> Key {
    var hash = KeyedHash(secret: secret)
    hash.combine(UInt64(method.rawValue))
    if method == .other { hash.combine(message.bytes, essentials.cSeq.methodText) }
    if essentials.via.hasCookie, let branch = essentials.via.branch {
      hash.combine(message.bytes, branch)
      hash.combineFolded(message.bytes, essentials.via.sentBy.text)
    } else {
      combineAsRFC2543(message, essentials, method, &hash)
    }
    return hash.finish()
  }

  /// RFC 3261 §17.2.3, for a branch without the cookie: the Request-URI, the tags, Call-ID, the
  /// number of the CSeq and the top Via. An ACK carries the To tag of our response, which its
  /// INVITE did not; so for an INVITE the To tag is left out.
  private static func combineAsRFC2543(
    _ message: borrowing Message, _ essentials: Essentials, _ method: Method,
    _ hash: inout KeyedHash
  ) {
    hash.combine(message.bytes, message.outline.requestURI)
    hash.combine(message.bytes, essentials.fromTag ?? .empty)
    if method != .invite { hash.combine(message.bytes, essentials.toTag ?? .empty) }
    hash.combine(message.bytes, essentials.callID)
    hash.combine(UInt64(essentials.cSeq.number))
    hash.combine(message.bytes, essentials.via.whole)
  }
}
