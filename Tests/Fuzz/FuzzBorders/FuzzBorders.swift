import FuzzDriver
import Onslaught

/// A script for everybody around a border element, in virtual time.
@_cdecl("LLVMFuzzerTestOneInput")
func one(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  octets(start, count) { bytes in
    let faults = Onslaught.faults((0..<bytes.count).map { bytes[$0] })
    precondition(faults.isEmpty, faults.joined(separator: "\n"))
  }
}

@_cdecl("FuzzBorders_main")
func main(_ count: Int32, _ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
  fuzz(count, list, one)
}
