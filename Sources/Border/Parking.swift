import Admission
package import Basics
import Routing
import SIP
import Transactions

/// A request that waits for the outside to answer a question: its octets, and where it came from.
struct Parked: ~Copyable {
  let request: Kept
  let flow: Flow
  let name: Key
}

/// Something that a border wants to know of the outside.
package struct Inquiry: Sendable {
  /// Goes back with the answer.
  package var ticket: UInt64
  /// The host name whose addresses are wanted.
  package var name: [UInt8]
}

// Waiting is a value: the request is parked, the worker goes on, and the answer brings the request
// back to where it was. Its retransmissions meanwhile are parked too, and find the transaction when
// they come back.
extension Core {
  mutating func park(_ message: borrowing Message, _ question: Question, _ turn: Turn) {
    guard case .addresses(let name) = question, inquiries.count < Limits.parked,
      let request = shelf.keep(message.bytes.extracting(..<message.outline.end))
    else {
      return counters.refused &+= 1
    }
    let key = routing.key(ofName: name, in: message.bytes)
    let record = Parked(request: request, flow: turn.flow, name: key)
    guard let handle = parked.upcoming() else { return shelf.release(record.leave()) }
    _ = parked.insert(record)
    var text: [UInt8] = []
    text.append(addingCapacity: name.count) { $0.write(message.bytes, name) }
    let ticket = Ticket.parked(handle).payload
    inquiries.append(Inquiry(ticket: ticket, name: text))
    _ = wheel.arm(ticket, near: turn.now + Limits.patience)
  }

  /// Takes an answer, or the end of patience, which is one without an address.
  /// - Returns: where the request on the desk came from, or `nil` when nobody waits any more.
  mutating func answered(
    _ ticket: UInt64, _ address: Address?, _ now: Instant, _ desk: inout Desk
  ) -> Flow? {
    guard case .parked(let handle) = Ticket(ticket), let record = parked.remove(handle) else {
      return nil
    }
    let flow = record.flow
    routing.names.note(record.name, address, now: now)
    if address == nil { note(.unresolved(flow: flow)) }
    let request = record.leave()
    let isLaid = desk.lay(shelf.bytes(of: request))
    shelf.release(request)
    return isLaid ? flow : nil
  }
}

extension Parked {
  consuming func leave() -> Kept { request }
}

extension Border {
  /// The next thing that this border wants to know, if any. Whoever asks the outside brings the
  /// answer to `answer`.
  package mutating func nextInquiry() -> Inquiry? {
    core.inquiries.isEmpty ? nil : core.inquiries.removeFirst()
  }

  /// The outside has answered.
  /// - Parameter address: the address to use, or `nil` when the name has none.
  package mutating func answer(
    _ ticket: UInt64, _ address: Address?, now: Instant, into out: inout Outbox
  ) {
    guard let flow = core.answered(ticket, address, now, &desk) else { return }
    let request = desk.bytes
    receive(request.span, from: flow, now: now, into: &out)
  }
}
