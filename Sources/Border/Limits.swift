import Basics
import SIP

/// What a border may hold beside its tables.
enum Limits {
  /// Notes for the operator between two visits of the one who reads them; more are counted only.
  static let notes = 256
  /// Room for notes without which no further piece of work is begun: one makes one for each target
  /// that it tries and each call that it ends, so that none of them is lost.
  static let notesOfOne = 64
  /// Octets of a request, as it leaves, above which it goes over a stream where the peer has one
  /// (RFC 3261 §18.1.1).
  static let datagram = 1300
  /// Octets of what leaves at most: of a message, and of the body of a datagram in an IPv4 or IPv6
  /// packet. A request that grows beyond it here gets 513.
  static func largest(over flow: Flow) -> Int {
    if flow.transport.isReliable { return SIP.Limits.message }
    return flow.remote.address.isIPv4 ? 65_507 : 65_527
  }
  /// Values of our own that are taken off the Route headers of one request: two for each pass of a
  /// spiral. A request with more is refused, for what is left leads nowhere.
  static let routes = 16
  /// Places that are remembered to have taken no stream, and for how long: longer than a phone
  /// rings, as the ACK has no transaction that could try again.
  static let streamless = 256
  static let streamlessTime = Interval.seconds(300)
  /// Requests that wait for the outside, those of one peer (and never more than there are free
  /// places), and for how long each does. A further one gets 503.
  static let parked = 1024
  static let parkedOfPeer = 256
  static let patience = Interval.seconds(4)
  /// Names that are asked for at once, and those for one peer: its dead names leave the others
  /// room. Beyond it a request gets 503. A question without an answer is given up after its life.
  static let questions = 256
  static let questionsOfPeer = 8
  static let questionLife = Interval.seconds(60)
  /// The Max-Breadth that a request gets that has none, and the most that one may ask for
  /// (RFC 5393 §5.3.3).
  static let breadth: UInt32 = 60
  /// Earlier versions of the policy: each costs its tables. Those that nothing in progress needs go
  /// where there would be more.
  static let earlierPolicies = 32
  /// Contacts that are taken from one 3xx, and how many 3xx are followed for one request.
  static let contacts = 4
  static let redirections = 5
  /// The shortest that a session may be agreed to last without a refresh (RFC 4028 §4).
  static let leastSession = Interval.seconds(90)
}
