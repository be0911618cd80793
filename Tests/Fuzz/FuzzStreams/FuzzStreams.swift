import Basics
import FuzzDriver
import SIP

/// A stream: what framing cuts out must be octets that are there.
@_cdecl("LLVMFuzzerTestOneInput")
func one(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  octets(start, count) { bytes in
    var rest = bytes
    while true {
      switch Framing.measure(rest) {
      case .message(let length), .keepAlive(let length, _):
        precondition(length > 0 && length <= rest.count)
        rest = rest.extracting(length..<rest.count)
      case .needMore, .broken: return
      }
    }
  }
}

@_cdecl("FuzzStreams_main")
func main(_ count: Int32, _ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
  fuzz(count, list, one)
}
