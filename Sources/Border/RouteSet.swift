import Admission
import Basics
import Cryptography
import SIP

/// What the Route headers and the Request-URI of a request say of its way (RFC 3261 §16.4): which
/// values are ours and fall away, and what comes next. Offsets only; made once for each request.
struct RouteSet {
  /// What to cut out of the Route headers: values of ours, with their comma or their whole line.
  var cuts = (first: Slice.empty, second: Slice.empty)
  /// The token that stood in a value of ours, or in the Request-URI.
  var token: Token?
  /// The first value that is not ours: the next hop.
  var next: NameAddress?
  /// How to cut `next` out as well, for a next hop that is a strict router (RFC 3261 §16.6 step 6).
  var nextCut = Slice.empty
  /// The request came from a strict router: the Request-URI is ours, and the last Route value is
  /// the real one (RFC 3261 §16.4).
  var repaired: NameAddress?
  var repairedCut = Slice.empty

  /// Where a request goes whose sender lost the route set, when the policy mends that.
  var mended: (flow: Flow, peer: PeerID)?
}

/// The values of all Route headers, one after the other, each with the cut that takes it out.
private struct RouteValues: ~Escapable {
  let message: Message
  var line: Int?
  var list: NameAddressList
  /// The number of the value just read, and of the first one in its line.
  var place = -1
  var firstInLine = 0
  /// Where the value before the one just read ends.
  var previousEnd = 0
  private var end = 0

  @_lifetime(copy message)
  init(_ message: Message) {
    self.message = message
    line = message.next(.route, from: Int(message.outline.route))
    let value = line.map { message.headers[$0].value } ?? .empty
    list = NameAddressList(message.bytes, value)
  }

  @_lifetime(self: copy self)
  mutating func next() throws(Malformed) -> NameAddress? {
    while let line {
      if let value = try list.next() {
        place &+= 1
        previousEnd = end
        end = value.end
        return value
      }
      firstInLine = place &+ 1
      self.line = message.next(.route, from: line &+ 1)
      let following = self.line.map { message.headers[$0].value } ?? .empty
      list = NameAddressList(message.bytes, following)
    }
    return nil
  }

  /// The slice to leave out so that the value just read is gone, when all before it go as well.
  func cut(_ value: NameAddress) -> Slice {
    guard let line else { return .empty }
    return value.hasMore
      ? Slice(from: value.range.start, to: value.next) : message.headers[line].line
  }

  /// The slice to leave out so that the last value of all, just read, is gone, when the first
  /// `taken` ones go too.
  func cutLast(_ value: NameAddress, taken: Int) -> Slice {
    guard let line else { return .empty }
    let isAlone = place == firstInLine || taken >= place
    return isAlone ? message.headers[line].line : Slice(from: previousEnd, to: value.end)
  }
}

extension Core {
  /// Reads the route set of a request.
  /// - Throws: a fault in a Route header.
  mutating func routeSet(
    _ message: borrowing Message, _ uri: URI
  ) throws(Malformed) -> RouteSet {
    var set = RouteSet()
    let uriToken = token(of: uri, in: message.bytes)
    guard message.outline.route != Outline.absent else {
      set.token = uriToken
      return set
    }
    let isStrict = uriToken != nil && configuration.isOwn(uri.hostPort, in: message.bytes)
    if isStrict { set.token = uriToken }
    var values = RouteValues(copy message)
    var taken = 0
    while let value = try values.next() {
      if isStrict, !value.hasMore, message.next(.route, from: (values.line ?? 0) &+ 1) == nil {
        set.repaired = value
        set.repairedCut = values.cutLast(value, taken: taken)
      } else if set.next != nil {
        continue
      } else if taken < 2, isOwn(value, after: set.token, taken, message.bytes) {
        if set.token == nil { set.token = token(of: value.uri, in: message.bytes) }
        take(values.cut(value), taken, &set)
        taken &+= 1
      } else {
        set.next = value
        set.nextCut = values.cut(value)
        if !isStrict { break }
      }
    }
    return set
  }

  /// A cut of a whole line swallows the cut of a value before it in that line.
  private mutating func take(_ cut: Slice, _ taken: Int, _ set: inout RouteSet) {
    if taken == 0 || cut.start <= set.cuts.first.start {
      set.cuts.first = cut
    } else {
      set.cuts.second = cut
    }
  }

  /// The first value is ours by its token or its host; a second one only as the other half of the
  /// pair that RFC 5658 makes: the same call, the other side.
  private mutating func isOwn(
    _ value: NameAddress, after token: Token?, _ taken: Int, _ bytes: Span<UInt8>
  ) -> Bool {
    let own = self.token(of: value.uri, in: bytes)
    if taken == 0 { return own != nil || configuration.isOwn(value.uri.hostPort, in: bytes) }
    guard let own, let token else { return false }
    return own.index == token.index && own.generation == token.generation
      && own.kind != token.kind
  }

  /// The token of ours in the user part of a URI, if it is one.
  mutating func token(of uri: URI, in bytes: Span<UInt8>) -> Token? {
    guard let user = uri.user, user.count == SealedToken.length,
      let sealed = SealedToken(reading: bytes, at: user.start),
      let token = tokens.open(sealed), token.kind.isRoute
    else { return nil }
    return token
  }
}

extension Token.Kind {
  /// A client transaction, in the branch of our Via.
  static let branch = Token.Kind(rawValue: 1)
  /// A request that went on without a transaction (an ACK for a 2xx).
  static let stateless = Token.Kind(rawValue: 2)
  /// A call, in the Record-Route value that the caller's side or the callee's side sees, or both.
  static let caller = Token.Kind(rawValue: 3)
  static let callee = Token.Kind(rawValue: 4)
  static let both = Token.Kind(rawValue: 5)
  /// A dialog without a call record (SUBSCRIBE, REFER out of a dialog), with the peers in place of
  /// a record: the caller's in the upper half of the index.
  static let callerOfOther = Token.Kind(rawValue: 6)
  static let calleeOfOther = Token.Kind(rawValue: 7)
  static let bothOfOther = Token.Kind(rawValue: 8)

  var isRoute: Bool { rawValue >= 3 && rawValue <= 8 }
  /// Whether it names a record of a call.
  var isCall: Bool { rawValue >= 3 && rawValue <= 5 }
}
