import Admission
import Basics
import Cryptography
import Dialogs
import Routing
import SIP

/// What the Route headers and the Request-URI of a request say of its way (RFC 3261 §16.4): which
/// values are ours and fall away, and what comes next. Offsets only; made once for each request.
struct RouteSet {
  /// The values of ours all stand first: so many whole lines fall away, and in the line after them
  /// this part.
  var ownLines = 0
  var ownPart = Slice.empty
  /// The token that stood in the first value of ours, or in the Request-URI.
  var token: Token?
  /// Where the request goes through this element more than once in a row (a spiral): the token of
  /// the pass that it leaves by, and whether the passes stand in the reverse of their INVITE's
  /// order, as they do for the callee.
  var last: Token?
  var isBackward = false
  /// Tokens of ours follow each other that do not belong together: no dialog has such a route set.
  var isTorn = false
  /// The first value that is not ours: the next hop.
  var next: NameAddress?
  /// How to cut `next` out as well, for a next hop that is a strict router (RFC 3261 §16.6 step 6).
  var nextCut = Slice.empty
  /// The request came from a strict router: the Request-URI is ours, and the last Route value is
  /// the real one (RFC 3261 §16.4).
  var repaired: NameAddress?
  var repairedCut = Slice.empty
  /// What falls away of the Request-URI, or of the one that takes its place, as its `maddr` is
  /// ours; and whether it is somebody else's (RFC 3261 §16.4, §16.5).
  var cuts = Cuts()
  var isForeignMaddr = false

  /// Where a request goes whose sender lost the route set, when the policy mends that.
  var mended: (flow: Flow, peer: PeerID)?

  /// Without a To tag a token names no dialog.
  mutating func opensNoDoor() { (token, last) = (nil, nil) }

  /// The calls of a spiral, each of which this request belongs to.
  var passes: ServerTransaction.Passes? {
    guard let first = token, let last, first.kind.isCall, last.kind.isCall else { return nil }
    return isBackward
      ? ServerTransaction.Passes(newest: first.handle, oldest: last.handle)
      : ServerTransaction.Passes(newest: last.handle, oldest: first.handle)
  }
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
  /// Reads the route set of a request that came in on a listener.
  /// - Parameter policy: the version by whose names a value can be ours.
  /// - Throws: a fault in a Route header, or in a `maddr`.
  mutating func routeSet(
    _ message: borrowing Message, _ uri: URI, on listener: UInt8, by policy: UInt32
  ) throws(Malformed) -> RouteSet {
    var set = try routeValues(message, uri, policy)
    let target = set.repaired?.uri ?? uri
    switch try maddr(of: target, in: message.bytes, on: listener, by: policy) {
    case .none: break
    case .foreign: set.isForeignMaddr = true
    case .own(let cuts): set.cuts = cuts
    }
    return set
  }

  private mutating func routeValues(
    _ message: borrowing Message, _ uri: URI, _ policy: UInt32
  ) throws(Malformed) -> RouteSet {
    var set = RouteSet()
    let uriToken = token(of: uri, in: message.bytes)
    guard message.outline.route != Outline.absent else {
      set.token = uriToken
      return set
    }
    let isStrict = uriToken != nil && isOwn(uri.hostPort, by: policy, in: message.bytes)
    if isStrict { set.token = uriToken }
    var values = RouteValues(copy message)
    var taken = 0
    while let value = try values.next() {
      if isStrict, !value.hasMore, message.next(.route, from: (values.line ?? 0) &+ 1) == nil {
        set.repaired = value
        set.repairedCut = values.cutLast(value, taken: taken)
      } else if set.next != nil {
        continue
      } else if taken < Limits.routes, try isOwn(value, &set, message.bytes, policy) {
        take(value, &set)
        taken &+= 1
      } else {
        set.next = value
        set.nextCut = values.cut(value)
        if !isStrict { break }
      }
    }
    return set
  }

  /// Leaves out a value of ours, when all before it are left out too.
  private mutating func take(_ value: NameAddress, _ set: inout RouteSet) {
    guard value.hasMore else {
      set.ownLines &+= 1
      set.ownPart = .empty
      return
    }
    let start = set.ownPart.isEmpty ? value.range.start : set.ownPart.start
    set.ownPart = Slice(from: start, to: value.next)
  }

  /// Whether a value is ours, by its token or its host; what its token says is noted. The two
  /// values of the pair that RFC 5658 makes are one pass.
  private mutating func isOwn(
    _ value: NameAddress, _ set: inout RouteSet, _ bytes: Span<UInt8>, _ policy: UInt32
  ) throws(Malformed) -> Bool {
    guard let own = token(of: value.uri, in: bytes) else {
      return isOwn(try NextHop(value.uri, in: bytes).place, by: policy, in: bytes)
    }
    guard let before = set.last ?? set.token else {
      set.token = own
      return true
    }
    if own.isOtherHalf(of: before) { return true }
    let isBackward = isBackward(from: before, to: own)
    if isBackward == nil || set.last != nil && set.isBackward != isBackward { set.isTorn = true }
    set.isBackward = isBackward ?? false
    set.last = own
    return true
  }

  /// Whether two tokens that follow each other are of two passes of one INVITE in the reverse
  /// order: `nil` when they have nothing to do with each other. The passes of calls know each
  /// other; those of a dialog without a record have the peer between them in common.
  private mutating func isBackward(from one: Token, to other: Token) -> Bool? {
    switch (one.kind.isCall, other.kind.isCall) {
    case (true, true):
      guard let (one, other) = records(one, other) else { return nil }
      return calls[other].previous == one ? false : calls[one].previous == other ? true : nil
    case (false, false):
      let (from, to) = (one.peers, other.peers)
      return from.callee == to.caller ? false : from.caller == to.callee ? true : nil
    default:
      return nil
    }
  }

  private mutating func records(_ one: Token, _ other: Token) -> (Handle, Handle)? {
    guard one.worker == worker, other.worker == worker, calls.contains(one.handle),
      calls.contains(other.handle)
    else { return nil }
    return (one.handle, other.handle)
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

extension Token {
  var handle: Handle { Handle(index: index, generation: generation) }

  /// The peers that stand in the place of a record, in a token of a dialog without one.
  var peers: (caller: UInt16, callee: UInt16) {
    (UInt16(truncatingIfNeeded: index >> 16), UInt16(truncatingIfNeeded: index))
  }

  /// Whether both are the values that one pass has put in, one for each side (RFC 5658 §5).
  func isOtherHalf(of other: Token) -> Bool {
    handle == other.handle && kind != other.kind && kind.isCall == other.kind.isCall
  }
}
