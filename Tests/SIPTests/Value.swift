import Basics
import SIP

/// A value as it stands in a message: octets before it and after it, so that offsets are seen to be
/// those of the message and nothing is read beyond the value.
struct Value {
  static let before = 7
  let octets: [UInt8]
  let slice: Slice

  init(_ text: String) { self.init(Array(text.utf8)) }

  init(_ value: [UInt8]) {
    octets = Array("Header:".utf8) + value + Array(";tag=9@>\"\r\n\r\n".utf8)
    slice = Slice(from: Self.before, to: Self.before + value.count)
  }

  func text(_ slice: Slice) -> String { String(decoding: octets[slice.range], as: UTF8.self) }
  func text(_ slice: Slice?) -> String? { slice.map { text($0) } }

  func parsed<Result>(
    _ parse: (Span<UInt8>, Slice) throws(Malformed) -> Result
  ) throws(Malformed) -> Result {
    try parse(octets.span, slice)
  }

  /// What is wrong with the value, its offset counted from the value's start; `nil` when nothing
  /// is.
  func malformed<Result>(
    _ parse: (Span<UInt8>, Slice) throws(Malformed) -> Result
  ) -> Malformed? {
    do throws(Malformed) {
      _ = try parse(octets.span, slice)
      return nil
    } catch {
      return Malformed(error.fault, at: error.offset - Self.before)
    }
  }
}

/// A text that a grammar refuses, with the fault and where it stands.
struct Refused: Sendable, CustomStringConvertible {
  let text: String
  let malformed: Malformed

  init(_ text: String, _ fault: Malformed.Fault, at offset: Int) {
    self.text = text
    malformed = Malformed(fault, at: offset)
  }

  var description: String { text }
}
