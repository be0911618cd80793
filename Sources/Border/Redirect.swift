import Basics
import Routing
import SIP

/// A place that a 3xx named.
struct Contact {
  /// The Request-URI that it wants.
  var uri: [UInt8]
  /// Its preference, in thousandths; without one it is as good as any (RFC 3261 §20.10).
  var q: UInt16
  /// Tells it from others: a keyed hash of the URI's octets.
  var digest: UInt64
  /// Where it leads; `nil` while its host is a name that is to be asked for.
  var target: Target?
  /// Whether that name was asked for: one answer is all that it gets.
  var wasAsked = false
}

// What a 3xx comes to (RFC 3261 §16.7 step 4): it is passed, refused or followed, as the route
// says.
extension Core {
  /// Does what the route says of redirections. Where they are followed, the contacts that lead to
  /// configured peers are noted on the server transaction, before those that an earlier 3xx left.
  /// - Returns: whether the response counts; where redirections are refused, or followed and none
  ///   leads to a configured peer, the caller gets a 500 of our own in its place.
  mutating func redirect(
    _ message: borrowing Message, _ server: Handle, _ now: Instant
  ) -> Bool {
    switch regimes[servers[server].policy].routing.redirects(servers[server].search) {
    case .pass:
      return true
    case .refuse:
      return false
    case .recurse:
      if servers[server].isCancelled { return false }
      if servers[server].redirected.followed < Limits.redirections {
        servers[server].redirected.followed &+= 1
        let found = contacts(of: message, for: server, now)
        servers[server].redirected.seen.append(contentsOf: found.map(\.digest))
        servers[server].redirected.contacts.insert(contentsOf: found, at: 0)
      }
      return !servers[server].redirected.contacts.isEmpty
    }
  }

  /// The contacts to try, the most preferred ones first, those of one preference as they stand.
  /// None that was in the target set before is in it again (RFC 3261 §16.5).
  private mutating func contacts(
    of message: borrowing Message, for server: Handle, _ now: Instant
  ) -> [Contact] {
    let (seen, policy) = (servers[server].redirected.seen, servers[server].policy)
    var found: [Contact] = []
    var place = message.next(.contact, from: 0)
    while let line = place {
      var list = NameAddressList(message.bytes, message.headers[line].value)
      while let value = next(&list) {
        let q = value.q ?? 1000
        let rank = found.firstIndex { $0.q < q } ?? found.count
        guard rank < Limits.contacts, let contact = contact(value, q, message.bytes, policy, now),
          !seen.contains(contact.digest), !found.contains(where: { $0.digest == contact.digest })
        else { continue }
        found.insert(contact, at: rank)
        if found.count > Limits.contacts { found.removeLast() }
      }
      place = message.next(.contact, from: line &+ 1)
    }
    return found
  }

  private mutating func contact(
    _ value: NameAddress, _ q: UInt16, _ bytes: Span<UInt8>, _ policy: UInt32, _ now: Instant
  ) -> Contact? {
    let target: Target?
    switch destination(of: value.uri, bytes, policy, now) {
    case .target(let known): target = known
    case .ask: target = nil
    case .foreign, .unknown: return nil
    }
    var octets: [UInt8] = []
    octets.append(addingCapacity: value.uri.whole.count) {
      Cuts().write(bytes, target: value.uri, into: &$0)
    }
    var hash = self.hash()
    hash.combine(octets.span, Slice(from: 0, to: octets.count))
    return Contact(uri: octets, q: q, digest: hash.finish().a, target: target)
  }

  private mutating func destination(
    of uri: URI, _ bytes: Span<UInt8>, _ policy: UInt32, _ now: Instant
  ) -> Routing.Stage.Destination {
    do throws(Malformed) {
      return regimes[policy].routing.destination(
        of: try NextHop(uri, in: bytes), bytes, now: now)
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

  // MARK: The next contact

  /// What comes of the target set.
  enum Step {
    case way(Way)
    /// The next contact's name is asked for first.
    case waits
    case none
  }

  /// The way to the next target; the Request-URI that it wants is then `redirected.current`.
  mutating func nextStep(_ server: Handle, _ now: Instant) -> Step {
    let (flow, policy) = (servers[server].flow, servers[server].policy)
    while !servers[server].redirected.contacts.isEmpty {
      var contact = servers[server].redirected.contacts.removeFirst()
      if contact.target == nil, find(&contact, server, now) {
        servers[server].redirected.contacts.insert(contact, at: 0)
        return .waits
      }
      guard let target = contact.target else {
        servers[server].redirected.lacksAddress = true
        continue
      }
      var named = Search(to: target)
      guard let way = regimes[policy].routing.next(&named, arriving: flow) else { continue }
      servers[server].redirected.current = contact.uri
      servers[server].redirected.lacksAddress = false
      return .way(way)
    }
    servers[server].redirected.current = nil
    guard let way = regimes[policy].routing.next(&servers[server].search, arriving: flow) else {
      return .none
    }
    return .way(way)
  }

  /// Finds where a contact leads whose host is a name: as far as it is known by now, or by asking.
  /// - Returns: whether the server transaction waits for the answer.
  private mutating func find(_ contact: inout Contact, _ server: Handle, _ now: Instant) -> Bool {
    let octets = contact.uri
    let bytes = octets.span
    let destination: Routing.Stage.Destination
    do throws(Malformed) {
      let uri = try URI.parse(bytes, Slice(from: 0, to: bytes.count))
      destination = self.destination(of: uri, bytes, servers[server].policy, now)
    } catch {
      // It was sound when it came.
      return false
    }
    switch destination {
    case .target(let target): contact.target = target
    case .ask(let question) where !contact.wasAsked:
      contact.wasAsked = true
      return hold(server, bytes, question, now)
    case .ask, .foreign, .unknown: break
    }
    return false
  }
}
