import Basics
import CLinux

/// Octets that come in at the end and go out at the front. It grows by doubling to what is asked of
/// it; whoever fills it has checked the limit before.
@safe
struct Buffer: ~Copyable {
  private static let smallest = 4_096

  private var base: UnsafeMutableRawPointer?
  private(set) var capacity = 0
  private var start = 0
  private var end = 0

  init() {}

  init(capacity: Int) { makeRoom(capacity) }

  deinit { unsafe base?.deallocate() }

  var count: Int { end &- start }
  var isEmpty: Bool { start == end }

  /// What is in it.
  var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      guard let base = unsafe base else { return Span() }
      let first = unsafe (base + start).assumingMemoryBound(to: UInt8.self)
      return unsafe _overrideLifetime(Span(_unsafeStart: first, count: count), borrowing: self)
    }
  }

  mutating func append(_ source: Span<UInt8>) {
    makeRoom(source.count)
    unsafe source.withUnsafeBytes { from in
      guard let first = from.baseAddress, let base = unsafe base else { return }
      unsafe (base + end).copyMemory(from: first, byteCount: from.count)
    }
    end &+= source.count
  }

  mutating func removeFirst(_ count: Int) {
    start &+= min(count, self.count)
    if isEmpty { removeAll() }
  }

  mutating func removeAll() {
    start = 0
    end = 0
  }

  /// Gives its memory back where it is empty and has more than so many octets.
  mutating func trim(to most: Int) {
    guard isEmpty, capacity > most else { return }
    unsafe base?.deallocate()
    unsafe base = nil
    capacity = 0
    removeAll()
  }

  /// Appends what the descriptor has, at most so many octets.
  /// - Returns: how many; 0 is the end of the stream.
  mutating func fill(from descriptor: Int32, atMost: Int) throws(Errno) -> Int {
    makeRoom(atMost)
    let got = unsafe linux_receive(descriptor, base! + end, atMost)
    guard got >= 0 else { throw Errno.last }
    end &+= got
    return got
  }

  /// Writes what the descriptor takes.
  /// - Returns: how many octets.
  mutating func drain(to descriptor: Int32) throws(Errno) -> Int {
    guard !isEmpty else { return 0 }
    let sent = unsafe linux_send(descriptor, base! + start, count)
    guard sent >= 0 else { throw Errno.last }
    removeFirst(sent)
    return sent
  }

  private mutating func makeRoom(_ more: Int) {
    if capacity &- end >= more { return }
    if capacity &- count >= more, let base = unsafe base {
      unsafe base.copyMemory(from: base + start, byteCount: count)
    } else {
      grow(to: count &+ more)
    }
    end &-= start
    start = 0
  }

  private mutating func grow(to wanted: Int) {
    var size = max(capacity, Self.smallest)
    while size < wanted { size *= 2 }
    let larger = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    if let base = unsafe base {
      unsafe larger.copyMemory(from: base + start, byteCount: count)
      unsafe base.deallocate()
    }
    unsafe base = larger
    capacity = size
  }
}
