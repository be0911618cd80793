import Basics
import Testing
import Transactions

/// What an owner of machines does: records in a table, one lazy entry each on the wheel.
private struct Owner: ~Copyable {
  enum Machine: ~Copyable {
    case inviteServer(InviteServer)
    case nonInviteServer(NonInviteServer)
    case inviteClient(InviteClient)
    case nonInviteClient(NonInviteClient)
  }

  struct Record: ~Copyable {
    var machine: Machine
    var armed = Instant.distantFuture
  }

  var table = SlotTable<Record>(limit: 4096)
  var wheel = Wheel(now: at(0))
  var shelf = Shelf(limit: 8 << 20)
  var now = at(0)
  /// How many machines ended, how often something was sent again, and how late a timer was at most.
  var ended = 0
  var resent = 0
  var latest = Interval.seconds(0)

  mutating func add(_ machine: consuming Machine) {
    let deadline = machine.deadline
    guard let handle = table.insert(Record(machine: machine)) else { return }
    arm(handle, at: deadline)
  }

  private mutating func arm(_ handle: Handle, at deadline: Instant) {
    wheel.arm(UInt64(handle.generation) << 32 | UInt64(handle.index), at: deadline)
  }

  mutating func pass(to time: Instant) {
    now = time
    while let payload = wheel.expire(now) {
      let handle = Handle(
        index: UInt32(truncatingIfNeeded: payload), generation: UInt32(payload >> 32))
      expire(handle)
    }
  }

  private mutating func expire(_ handle: Handle) {
    let now = now
    var late = Interval.seconds(0)
    var outcome = ""
    let deadline = table.with(handle) { (record: inout Record) -> Instant? in
      late = now - record.machine.deadline
      outcome = record.machine.expire(now, &shelf)
      if !record.machine.isTerminated { return record.machine.deadline }
      record.machine.release(into: &shelf)
      return nil
    }
    if outcome == "resend" { resent += 1 }
    latest = max(latest, late)
    guard let found = deadline else { return }
    if let again = found {
      arm(handle, at: again)
    } else {
      _ = table.remove(handle)
      ended += 1
    }
  }
}

extension Owner.Machine {
  var deadline: Instant {
    switch self {
    case .inviteServer(let machine): machine.deadline
    case .nonInviteServer(let machine): machine.deadline
    case .inviteClient(let machine): machine.deadline
    case .nonInviteClient(let machine): machine.deadline
    }
  }

  var isTerminated: Bool {
    switch self {
    case .inviteServer(let machine): machine.isTerminated
    case .nonInviteServer(let machine): machine.isTerminated
    case .inviteClient(let machine): machine.isTerminated
    case .nonInviteClient(let machine): machine.isTerminated
    }
  }

  mutating func expire(_ now: Instant, _ shelf: inout Shelf) -> String {
    switch consume self {
    case .inviteServer(var machine):
      let outcome = machine.expire(now, &shelf)
      self = .inviteServer(machine)
      return "\(outcome)"
    case .nonInviteServer(var machine):
      let outcome = machine.expire(now, &shelf)
      self = .nonInviteServer(machine)
      return "\(outcome)"
    case .inviteClient(var machine):
      let outcome = machine.expire(now, &shelf)
      self = .inviteClient(machine)
      return "\(outcome)"
    case .nonInviteClient(var machine):
      let outcome = machine.expire(now, &shelf)
      self = .nonInviteClient(machine)
      return "\(outcome)"
    }
  }

  mutating func release(into shelf: inout Shelf) {
    switch consume self {
    case .inviteServer(var machine):
      machine.release(into: &shelf)
      self = .inviteServer(machine)
    case .nonInviteServer(var machine):
      machine.release(into: &shelf)
      self = .nonInviteServer(machine)
    case .inviteClient(var machine):
      machine.release(into: &shelf)
      self = .inviteClient(machine)
    case .nonInviteClient(var machine):
      machine.release(into: &shelf)
      self = .nonInviteClient(machine)
    }
  }
}

@Suite("Machines in their owner's hands")
struct OwnerTests {
  @Test("two thousand machines on one wheel and one shelf all end in time, and leave nothing")
  func allEnd() {
    var owner = Owner()
    for place in 0..<500 {
      let now = at(Int64(place))
      owner.pass(to: now)
      if let request = owner.shelf.keep("INVITE \(place)") {
        owner.add(.inviteClient(InviteClient(request: request, now: now, isReliable: false)))
      }
      let request = owner.shelf.keep("BYE \(place)")
      owner.add(
        .nonInviteClient(NonInviteClient(request: request, now: now, isReliable: false)))
      var server = InviteServer(isReliable: false)
      let busy = owner.shelf.keep("486 \(place)")
      _ = server.respond(486, kept: busy, now: now, &owner.shelf)
      owner.add(.inviteServer(server))
      var other = NonInviteServer(now: now, isReliable: false)
      let fine = owner.shelf.keep("200 \(place)")
      _ = other.respond(200, kept: fine, now: now, &owner.shelf)
      owner.add(.nonInviteServer(other))
    }
    let (held, inUse) = (owner.table.count, owner.shelf.inUse)
    while owner.now < at(33_000) { owner.pass(to: owner.now + .milliseconds(1)) }
    let (ended, resent, latest) = (owner.ended, owner.resent, owner.latest)
    let (left, armed, kept) = (owner.table.count, owner.wheel.count, owner.shelf.inUse)
    #expect(held == 2000)
    #expect(inUse == 2000)
    #expect(ended == 2000)
    // Timer A six times, E and G ten times for each.
    #expect(resent == 500 * (6 + 10 + 10))
    #expect(latest <= .milliseconds(16))
    #expect([left, armed, kept] == [0, 0, 0])
  }

  #if DEBUG
    @Test("octets that are forgotten end a debug build")
    func forgotten() async {
      await #expect(processExitsWith: .failure) {
        var shelf = smallShelf()
        let kept = shelf.keep("forgotten")
        _ = consume kept
      }
    }
  #endif
}
