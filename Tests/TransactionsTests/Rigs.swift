import Basics
import Testing
import Transactions

struct InviteServerRig: Rig, ~Copyable {
  var machine: InviteServer
  var shelf: Shelf
  var now = at(0)

  init(
    _ shelf: consuming Shelf = smallShelf(), isReliable: Bool = false, retransmitsFinal: Bool = true
  ) {
    self.shelf = shelf
    machine = InviteServer(isReliable: isReliable, retransmitsFinal: retransmitsFinal)
  }

  var phase: Phase { machine.phase }
  var deadline: Instant { machine.deadline }
  var inUse: Int { shelf.inUse }
  var kept: String { spell(machine.response(in: shelf)) }

  mutating func feed(_ input: Input, text: String?) -> String? {
    switch input {
    case .request: return "\(machine.receive())"
    case .ack: return "\(machine.acknowledge(now: now, &shelf))"
    case .transportError: return "\(machine.transportFailed())"
    case .cancel: return nil
    default:
      let octets = text.flatMap { shelf.keep($0) }
      return "\(machine.respond(input.status ?? 500, kept: octets, now: now, &shelf))"
    }
  }

  mutating func expire() -> String { "\(machine.expire(now, &shelf))" }
  mutating func release() { machine.release(into: &shelf) }
  consuming func giveBack() -> Shelf { shelf }
}

struct NonInviteServerRig: Rig, ~Copyable {
  var machine: NonInviteServer
  var shelf: Shelf
  var now = at(0)

  init(_ shelf: consuming Shelf = smallShelf(), isReliable: Bool = false) {
    self.shelf = shelf
    machine = NonInviteServer(now: at(0), isReliable: isReliable)
  }

  var phase: Phase { machine.phase }
  var deadline: Instant { machine.deadline }
  var inUse: Int { shelf.inUse }
  var kept: String { spell(machine.response(in: shelf)) }

  mutating func feed(_ input: Input, text: String?) -> String? {
    switch input {
    case .request: return "\(machine.receive())"
    case .transportError: return "\(machine.transportFailed())"
    case .ack: return nil
    case .cancel: return nil
    default:
      let octets = text.flatMap { shelf.keep($0) }
      return "\(machine.respond(input.status ?? 500, kept: octets, now: now, &shelf))"
    }
  }

  mutating func expire() -> String { "\(machine.expire(now, &shelf))" }
  mutating func release() { machine.release(into: &shelf) }
  consuming func giveBack() -> Shelf { shelf }
}

struct InviteClientRig: Rig, ~Copyable {
  var machine: InviteClient
  var shelf: Shelf
  var now = at(0)
  /// Whether the rig keeps the ACK when the machine asks for one, and whether it makes one at all.
  var keepsACK = true
  var acknowledges = true
  /// Whether the target may have got what a transport error is about.
  var mayHaveArrived = false

  init(
    _ shelf: consuming Shelf = smallShelf(), isReliable: Bool = false, timeout: Interval? = nil
  ) {
    self.shelf = shelf
    guard let request = self.shelf.keep("INVITE") else { fatalError("an empty shelf has room") }
    machine = InviteClient(request: request, now: at(0), isReliable: isReliable, timeout: timeout)
  }

  var phase: Phase { machine.phase }
  var deadline: Instant { machine.deadline }
  var inUse: Int { shelf.inUse }
  var kept: String {
    spell(machine.request(in: shelf)) + spell(machine.acknowledgement(in: shelf))
  }

  mutating func feed(_ input: Input, text: String?) -> String? {
    switch input {
    case .transportError:
      return "\(machine.transportFailed(mayHaveArrived: mayHaveArrived, &shelf))"
    case .cancel: return "\(machine.cancel(now: now))"
    case .request: return nil
    case .ack: return nil
    default: return receive(input.status ?? 500)
    }
  }

  private mutating func receive(_ status: UInt16) -> String {
    let outcome = machine.receive(status, now: now, &shelf)
    let wantsACK = outcome == .passAndAcknowledge || outcome == .acknowledge
    if wantsACK, acknowledges {
      let octets = keepsACK ? shelf.keep("ACK") : nil
      machine.acknowledged(kept: octets, &shelf)
    }
    return "\(outcome)"
  }

  mutating func expire() -> String { "\(machine.expire(now, &shelf))" }
  mutating func release() { machine.release(into: &shelf) }
  consuming func giveBack() -> Shelf { shelf }
}

struct NonInviteClientRig: Rig, ~Copyable {
  var machine: NonInviteClient
  var shelf: Shelf
  var now = at(0)

  init(
    _ shelf: consuming Shelf = smallShelf(), isReliable: Bool = false, timeout: Interval? = nil,
    keeps: Bool = true
  ) {
    self.shelf = shelf
    let request = keeps ? self.shelf.keep("BYE") : nil
    machine = NonInviteClient(
      request: request, now: at(0), isReliable: isReliable, timeout: timeout)
  }

  var phase: Phase { machine.phase }
  var deadline: Instant { machine.deadline }
  var inUse: Int { shelf.inUse }
  var kept: String { spell(machine.request(in: shelf)) }

  mutating func feed(_ input: Input, text: String?) -> String? {
    switch input {
    case .transportError: return "\(machine.transportFailed())"
    case .cancel: return nil
    case .request: return nil
    case .ack: return nil
    default: return "\(machine.receive(input.status ?? 500, now: now, &shelf))"
    }
  }

  mutating func expire() -> String { "\(machine.expire(now, &shelf))" }
  mutating func release() { machine.release(into: &shelf) }
  consuming func giveBack() -> Shelf { shelf }
}

/// One row of a figure: the inputs that lead to a state, an input, what the machine says, where it
/// is then.
struct Row: Sendable, CustomTestStringConvertible {
  var path: [Input]
  var input: Input
  var outcome: String
  var phase: Phase

  init(_ path: [Input], _ input: Input, _ outcome: String, _ phase: Phase) {
    self.path = path
    self.input = input
    self.outcome = outcome
    self.phase = phase
  }

  var testDescription: String {
    let words = path.map(\.rawValue) + [input.rawValue]
    return words.joined(separator: ", ") + ": \(outcome), \(phase)"
  }
}
