import Basics
import FuzzDriver
import SIP

/// A stream: what framing cuts out must be octets that are there, and what the parser reads in them
/// must end where framing ended it. Where the two differ, octets of a body would be a message.
@_cdecl("LLVMFuzzerTestOneInput")
func one(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  octets(start, count) { bytes in
    var table = HeaderTable()
    var rest = bytes
    while true {
      switch Framing.measure(rest) {
      case .message(let length):
        precondition(length > 0 && length <= rest.count)
        let message = rest.extracting(0..<length)
        if (try? Parser.parse(message, into: &table)) != nil, table.outline.fault == nil {
          precondition(table.outline.end == length, "framing and parser differ")
        }
        rest = rest.extracting(length..<rest.count)
      case .keepAlive(let length, _):
        precondition(length > 0 && length <= rest.count)
        rest = rest.extracting(length..<rest.count)
      case .last(let length, _):
        precondition(length > 0 && length <= rest.count)
        let message = rest.extracting(0..<length)
        if (try? Parser.parse(message, into: &table)) != nil {
          precondition(table.outline.fault != nil, "what cannot be framed has no fault")
        }
        return
      case .needMore, .broken: return
      }
    }
  }
}

@_cdecl("FuzzStreams_main")
func main(_ count: Int32, _ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
  fuzz(count, list, one)
}
