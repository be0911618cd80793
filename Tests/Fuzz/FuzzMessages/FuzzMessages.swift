import Basics
import Everything
import FuzzDriver
import SIP

/// One datagram: the structure, what every message must have, and each header as a value.
@_cdecl("LLVMFuzzerTestOneInput")
func one(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  octets(start, count) { bytes in
    var table = HeaderTable()
    guard (try? Parser.parse(bytes, into: &table)) != nil else { return }
    let message = Message(bytes, table)
    _ = try? Essentials(message)
    for place in 0..<message.headers.count {
      _ = Everything.read(bytes, message.headers[place].value)
    }
  }
}

@_cdecl("FuzzMessages_main")
func main(_ count: Int32, _ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
  fuzz(count, list, one)
}
