import CPcap
package import Basics

/// A file of frames that Wireshark and tcpdump open, written by libpcap. It is whole once this
/// object is gone.
@safe
package final class CaptureFile {
  /// Why there is no such file, in libpcap's words.
  package struct Failure: Error, CustomStringConvertible {
    package var description: String
  }

  private let handle: OpaquePointer
  private let file: OpaquePointer
  private let wall: () -> Int64
  private var tape = Tape()
  /// What could not be written is forgotten, and the next time it would seem that all was.
  private var isWhole = true

  /// Makes the file, or empties the one that is there.
  /// - Parameter wall: nanoseconds since 1970-01-01T00:00:00Z, asked for each frame.
  package init(_ path: String, wall: @escaping () -> Int64) throws(Failure) {
    self.wall = wall
    // Raw IP: a packet's first four bits tell its version, and nothing stands before it.
    guard let handle = unsafe pcap_open_dead(DLT_RAW, 262_144) else {
      throw Failure(description: "\(path): libpcap has no memory")
    }
    guard let file = unsafe pcap_dump_open(handle, path) else {
      let words = unsafe pcap_geterr(handle).map { unsafe String(cString: $0) }
      unsafe pcap_close(handle)
      throw Failure(description: words ?? "\(path): cannot be written")
    }
    unsafe self.handle = handle
    unsafe self.file = file
  }

  deinit {
    unsafe pcap_dump_close(file)
    unsafe pcap_close(handle)
  }

  /// A message by UDP.
  package func datagram(_ octets: [UInt8], from: Endpoint, to: Endpoint) {
    write(tape.datagram(octets, from: from, to: to))
  }

  /// A TCP connection that is there now.
  package func connect(from: Endpoint, to: Endpoint) { write(tape.connect(from: from, to: to)) }

  /// Octets on it.
  package func stream(_ octets: [UInt8], from: Endpoint, to: Endpoint) {
    write(tape.stream(octets, from: from, to: to))
  }

  /// It ends; one that is not there is left alone.
  package func close(from: Endpoint, to: Endpoint, isReset: Bool = false) {
    write(tape.close(from: from, to: to, isReset: isReset))
  }

  /// Lets others read what was written so far.
  /// - Returns: whether all of it could be written, from the beginning.
  package func flush() -> Bool {
    if unsafe sallyport_pcap_is_whole(file) == 0 { isWhole = false }
    return isWhole
  }

  private func write(_ frames: [Frame]) {
    let now = wall()
    for frame in frames {
      var header = pcap_pkthdr()
      header.ts.tv_sec = Int(now / 1_000_000_000)
      header.ts.tv_usec = Int(now % 1_000_000_000 / 1_000)
      header.caplen = UInt32(frame.octets.count)
      header.len = header.caplen
      unsafe frame.octets.withUnsafeBufferPointer { octets in
        unsafe pcap_dump(UnsafeMutablePointer(file), &header, octets.baseAddress)
      }
    }
  }
}
