import Admission
import Basics
import SIP

// How many branches a request may have at once, with all that grow from it (RFC 5393 §5).
//
// This proxy forks serially: one branch at a time has the whole breadth that came in, and the next
// one has it anew when the one before has its final response, or is past it (§5.3.3.1). So the
// value goes out as it came: hop by hop it is never counted down (§5.3.3).
extension Core {
  /// - Throws: 440 where there is no breadth left for a single branch, 400 for a value that is no
  ///   number or stands twice (RFC 5393 §5.3.3, §5.3.1).
  mutating func checkBreadth(_ message: borrowing Message) throws(Refused) {
    guard let header = message.header(message.outline.maxBreadth) else { return }
    let value: UInt32
    do throws(Malformed) {
      value = try Scalar.maxBreadth(message.bytes, header.value)
    } catch {
      throw Refused(malformed: error)
    }
    if let second = message.next(
      .maxBreadth, from: Int(message.outline.maxBreadth) &+ 1)
    {
      let start = message.headers[second].line.start
      throw Refused(malformed: Malformed(.repeatedHeader, at: start))
    }
    guard value > 0 else { throw Refused(Refusal(440, .maxBreadthExceeded, .noBreadth)) }
  }
}

extension Patch {
  /// Overwrites a breadth beyond what this element allows (RFC 5393 §5.3.3).
  mutating func boundBreadth(_ message: borrowing Message, _ value: Slice) {
    do throws(Malformed) {
      guard try Scalar.maxBreadth(message.bytes, value) > Limits.breadth else { return }
      replace(value) { $0.write(decimal: Int(Limits.breadth)) }
    } catch {
      // It was sound when the request came.
    }
  }

  /// The header for a request that has none.
  static func breadth(_ out: inout OutputSpan<UInt8>) {
    out.write("Max-Breadth: ")
    out.write(decimal: Int(Limits.breadth))
    out.write("\r\n")
  }
}
