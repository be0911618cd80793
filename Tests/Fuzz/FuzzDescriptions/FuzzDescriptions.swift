import Everything
import FuzzDriver

/// One session description.
@_cdecl("LLVMFuzzerTestOneInput")
func one(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  octets(start, count) { bytes in
    var descriptions = Descriptions()
    let outcome = descriptions.take(bytes)
    if case .broken(let fault) = outcome { preconditionFailure(fault) }
  }
}

@_cdecl("FuzzDescriptions_main")
func main(_ count: Int32, _ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
  fuzz(count, list, one)
}
