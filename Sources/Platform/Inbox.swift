import Basics
import CLinux

/// The datagrams of one call of recvmmsg(2). Each place can hold the longest datagram there is;
/// memory is used only as far as datagrams have touched it.
@safe
struct Inbox: ~Copyable {
  private static let longest = 65_536
  // Not a power of two: the beginnings of all datagrams would share one set of the processor's
  // cache.
  private static let stride = longest + 65 * 64
  /// Room for one control message of either family.
  private static let control = 64

  private let headers: UnsafeMutablePointer<mmsghdr>
  private let vectors: UnsafeMutablePointer<iovec>
  private let names: UnsafeMutableRawPointer
  private let storage: UnsafeMutableRawPointer
  /// Room for what is told of each datagram besides; `nil` where nothing is.
  private let controls: UnsafeMutableRawPointer?
  private var used = Visit.datagrams

  /// - Parameter tellsArrival: whether `interface` will be asked, of sockets that tell it.
  init(tellsArrival: Bool = false) {
    let places = Visit.datagrams
    unsafe headers = .allocate(capacity: places)
    unsafe vectors = .allocate(capacity: places)
    unsafe names = .allocate(byteCount: places * 32, alignment: 8)
    // So large a piece comes from the kernel as untouched pages.
    unsafe storage = .allocate(byteCount: places * Self.stride, alignment: 64)
    unsafe controls =
      tellsArrival
      ? .allocate(byteCount: places * Self.control, alignment: 8) : nil
    for place in 0..<places {
      unsafe vectors[place] = iovec(
        iov_base: storage + place * Self.stride, iov_len: Self.longest)
      var header = unsafe mmsghdr()
      unsafe header.msg_hdr.msg_iov = vectors + place
      unsafe header.msg_hdr.msg_iovlen = 1
      unsafe header.msg_hdr.msg_name = names + place * 32
      if let controls = unsafe controls {
        unsafe header.msg_hdr.msg_control = controls + place * Self.control
        unsafe header.msg_hdr.msg_controllen = Self.control
      }
      unsafe headers[place] = header
    }
  }

  deinit {
    unsafe headers.deallocate()
    unsafe vectors.deallocate()
    unsafe names.deallocate()
    unsafe storage.deallocate()
    unsafe controls?.deallocate()
  }

  /// Takes what the socket has.
  /// - Returns: how many datagrams; 0 when there is none, or when the call failed (a datagram
  ///   socket tells old errors that way, and they concern no one message).
  mutating func receive(from descriptor: Int32) -> Int {
    for place in 0..<used {
      unsafe headers[place].msg_hdr.msg_namelen = socklen_t(SocketAddress.size)
    }
    if unsafe controls != nil {
      for place in 0..<used { unsafe headers[place].msg_hdr.msg_controllen = Self.control }
    }
    let got = unsafe linux_recvmmsg(descriptor, headers, UInt32(Visit.datagrams))
    used = max(0, Int(got))
    return used
  }

  /// One datagram of the last call.
  @_lifetime(borrow self)
  func datagram(_ place: Int) -> Span<UInt8> {
    precondition(place < used)
    let first = unsafe (storage + place * Self.stride).assumingMemoryBound(to: UInt8.self)
    let count = unsafe Int(headers[place].msg_len)
    return unsafe _overrideLifetime(Span(_unsafeStart: first, count: count), borrowing: self)
  }

  /// Where it came from; `nil` when it cannot be used, because it was cut or is of another family.
  func source(_ place: Int) -> Endpoint? {
    precondition(place < used)
    guard unsafe headers[place].msg_hdr.msg_flags & Int32(MSG_TRUNC) == 0 else {
      return nil
    }
    return unsafe SocketAddress.read(names + place * 32)
  }

  /// The number of the interface that it came in on; 0 where that is not told.
  func interface(_ place: Int) -> UInt32 {
    precondition(place < used)
    return unsafe linux_arrival(&headers[place].msg_hdr)
  }
}
