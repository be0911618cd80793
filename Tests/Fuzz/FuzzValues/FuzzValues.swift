import Basics
import Everything
import FuzzDriver
import SIP

/// One value, read by every grammar.
@_cdecl("LLVMFuzzerTestOneInput")
func one(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  octets(start, count) { bytes in
    _ = Everything.read(bytes, Slice(from: 0, to: min(bytes.count, Slice.longest)))
  }
}

@_cdecl("FuzzValues_main")
func main(_ count: Int32, _ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
  fuzz(count, list, one)
}
