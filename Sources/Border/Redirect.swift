import Basics
import Routing
import SIP

// What a 3xx comes to (RFC 3261 §16.7 step 4): it is passed, refused or followed, as the route
// says.
extension Core {
  /// Does what the route says of redirections. Where they are followed, the contacts that lead to
  /// configured peers are noted on the server transaction.
  /// - Returns: whether the response counts; where redirections are refused, or followed and none
  ///   leads to a configured peer, the caller gets a 500 of our own in its place.
  mutating func redirect(
    _ message: borrowing Message, _ server: Handle, _ now: Instant
  ) -> Bool {
    switch routing.redirects(servers[server].search) {
    case .pass:
      return true
    case .refuse:
      return false
    case .recurse:
      let followed = servers[server].redirected.followed
      guard followed < Limits.redirections, !servers[server].isCancelled else { return false }
      servers[server].redirected.followed = followed &+ 1
      servers[server].redirected.contacts = contacts(of: message, now: now)
      return !servers[server].redirected.contacts.isEmpty
    }
  }

  private mutating func contacts(
    of message: borrowing Message, now: Instant
  ) -> [(target: Target, uri: [UInt8])] {
    var found: [(target: Target, uri: [UInt8])] = []
    var place = message.next(.contact, from: 0)
    while let line = place {
      var list = NameAddressList(message.bytes, message.headers[line].value)
      while found.count < Limits.contacts, let contact = next(&list) {
        let destination = destination(of: contact.uri, message.bytes, now)
        guard case .target(let target) = destination else { continue }
        var uri: [UInt8] = []
        // A Request-URI has no headers (RFC 3261 §19.1.1).
        let end =
          contact.uri.headers.isEmpty ? contact.uri.whole.end : contact.uri.headers.start - 1
        uri.append(addingCapacity: contact.uri.whole.count) {
          $0.write(message.bytes, Slice(from: contact.uri.whole.start, to: end))
        }
        found.append((target, uri))
      }
      place = message.next(.contact, from: line &+ 1)
    }
    return found
  }

  private mutating func destination(
    of uri: URI, _ bytes: Span<UInt8>, _ now: Instant
  ) -> Routing.Stage.Destination {
    do throws(Malformed) {
      return routing.destination(of: try NextHop(uri, in: bytes), bytes, now: now)
    } catch {
      return .unknown
    }
  }

  /// A fault in a Contact ends the list: what was read before it counts.
  private mutating func next(_ list: inout NameAddressList) -> NameAddress? {
    do throws(Malformed) {
      return try list.next()
    } catch {
      return nil
    }
  }
}
