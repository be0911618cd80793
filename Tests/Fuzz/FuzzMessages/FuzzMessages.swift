import Basics
import Everything
import FuzzDriver
import SIP

/// One datagram: what is told of it before it is parsed, the structure, what every message must
/// have, and each header as a value.
@_cdecl("LLVMFuzzerTestOneInput")
func one(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  octets(start, count) { bytes in
    peek(bytes)
    var table = HeaderTable()
    guard (try? Parser.parse(bytes, into: &table)) != nil else { return }
    let message = Message(bytes, table)
    _ = try? Essentials(message)
    for place in 0..<message.headers.count {
      _ = Everything.read(bytes, message.headers[place].value)
    }
  }
}

/// What the worker that receives it asks, to find the one that owns it.
private func peek(_ bytes: Span<UInt8>) {
  let isResponse = Peek.isResponse(bytes)
  precondition(!isResponse || bytes.count >= 4)
  let callID = Peek.callID(bytes)
  precondition(callID.map { $0.end <= bytes.count } ?? true)
  guard let via = Peek.via(bytes) else { return }
  let branch = Peek.branch(bytes, in: via)
  precondition(branch.map { $0.end <= via.end } ?? true)
}

@_cdecl("FuzzMessages_main")
func main(_ count: Int32, _ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
  fuzz(count, list, one)
}
