import Admission
import Basics
import Border
import Rehearsal
import SIP

/// What must hold of everything that an element sends, whatever it was sent.
final class Watch {
  private(set) var faults: [String] = []
  private let known: Prefixes
  private var table = HeaderTable()

  init(_ known: Prefixes) { self.known = known }

  func look(at bytes: [UInt8], going flow: Flow) {
    if known.peer(of: flow.remote.address) == nil {
      blame(bytes, "went to \(text(flow.remote)), which no peer has")
    }
    if bytes.count > SIP.Limits.message { blame(bytes, "is too long") }
    do throws(Malformed) {
      try Parser.parse(bytes.span, into: &table)
      try read(bytes.span, table)
    } catch {
      blame(bytes, "cannot be read: \(error)")
    }
    guard flow.transport.isReliable else { return }
    let frame = Framing.measure(bytes.span)
    if frame != .message(bytes.count) { blame(bytes, "is no frame of its own: \(frame)") }
  }

  func blame(_ bytes: [UInt8], _ fault: String) {
    faults.append("\(fault)\n\(String(decoding: bytes, as: UTF8.self))")
  }
}

/// A refusal of a malformed request repeats what was wrong with it. In a response that is passed
/// on, the top Via is the one that stood below ours, which its next reader has to judge (RFC 3261
/// §16.7 step 3). All else is sound.
private func read(_ bytes: Span<UInt8>, _ table: borrowing HeaderTable) throws(Malformed) {
  let message = Message(bytes, table)
  guard !message.isRequest else {
    _ = try Essentials(message)
    return
  }
  if [400, 501, 505].contains(message.outline.status) { return }
  do throws(Malformed) {
    _ = try Essentials(message)
  } catch {
    if !isOfTopVia(error, message) { throw error }
  }
}

private func isOfTopVia(_ fault: Malformed, _ message: borrowing Message) -> Bool {
  guard let via = message.header(message.outline.via) else { return fault.fault == .missingVia }
  return via.line.range.contains(fault.offset)
}
