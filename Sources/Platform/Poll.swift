import Basics
import CLinux

/// What an event is about, in the 64 bits that the kernel keeps for us.
enum Token {
  case bell
  case datagrams(Int)
  case connections(Int)
  case stream(Handle)

  init(bits: UInt64) {
    let low = UInt32(truncatingIfNeeded: bits)
    switch bits >> 56 {
    case 1: self = .datagrams(Int(low))
    case 2: self = .connections(Int(low))
    case 3:
      let generation = UInt32(truncatingIfNeeded: bits >> 32 & 0xff_ffff)
      self = .stream(Handle(index: low, generation: generation))
    default: self = .bell
    }
  }

  /// A handle's generation has 24 bits, as `SlotTable` keeps it by default.
  var bits: UInt64 {
    switch self {
    case .bell: 0
    case .datagrams(let place): 1 << 56 | UInt64(place)
    case .connections(let place): 2 << 56 | UInt64(place)
    case .stream(let handle): 3 << 56 | UInt64(handle.generation) << 32 | UInt64(handle.index)
    }
  }
}

/// What a descriptor is ready for, or is watched for.
struct Readiness: OptionSet {
  let rawValue: UInt32

  static let read = Readiness(rawValue: EPOLLIN.rawValue)
  static let write = Readiness(rawValue: EPOLLOUT.rawValue)
  /// The kernel tells these unasked.
  static let trouble = Readiness(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
}

/// One epoll descriptor and the events of its last wait.
@safe
struct Poll: ~Copyable {
  private let descriptor: Descriptor
  private let events: UnsafeMutablePointer<epoll_event>

  init() throws(Errno) {
    let number = linux_epoll_create()
    guard number >= 0 else { throw Errno.last }
    let made = Descriptor(number)
    // A kernel before 5.11, or a container's filter, does not know the call: better no start than
    // a loop that hears nothing and never sleeps.
    var event = unsafe epoll_event()
    var time = timespec()
    guard unsafe epoll_pwait2(number, &event, 1, &time, nil) == 0 else { throw Errno.last }
    descriptor = made
    unsafe events = .allocate(capacity: Visit.events)
  }

  deinit { unsafe events.deallocate() }

  func add(_ number: Int32, _ token: Token, _ wanted: Readiness) -> Bool {
    linux_epoll_control(
      descriptor.number, EPOLL_CTL_ADD, number, wanted.rawValue, token.bits) == 0
  }

  func remove(_ number: Int32) {
    _ = linux_epoll_control(descriptor.number, EPOLL_CTL_DEL, number, 0, 0)
  }

  func change(_ number: Int32, _ token: Token, _ wanted: Readiness) {
    _ = linux_epoll_control(
      descriptor.number, EPOLL_CTL_MOD, number, wanted.rawValue, token.bits)
  }

  /// Waits for events, `nil` for as long as it takes.
  /// - Returns: how many there are.
  func wait(_ interval: Interval?) -> Int {
    guard let interval else {
      return Int(
        max(
          0,
          unsafe epoll_pwait2(
            descriptor.number, events, Int32(Visit.events), nil, nil)))
    }
    var time = timespec(
      tv_sec: Int(max(0, interval.nanoseconds) / 1_000_000_000),
      tv_nsec: Int(max(0, interval.nanoseconds) % 1_000_000_000))
    return Int(
      max(
        0,
        unsafe epoll_pwait2(
          descriptor.number, events, Int32(Visit.events), &time, nil)))
  }

  /// One event of the last wait.
  func event(_ place: Int) -> (token: Token, readiness: Readiness) {
    precondition(place < Visit.events)
    let event = unsafe events + place
    return unsafe (
      Token(bits: linux_epoll_token(event)), Readiness(rawValue: event.pointee.events)
    )
  }
}
