import Admission
import Basics

/// What becomes of a message whose octets nobody has looked at.
package enum Welcome: Hashable, Sendable {
  /// It may be read: also that of a stranger who is to be told that he is one.
  case welcome
  /// No peer has its source, or not at that listener.
  case stranger
  /// A limit stops it.
  case tooMany
}

/// The limits that bite, and were found to by this worker: it tells when they stop. There are never
/// more than a policy has limits.
struct Alarms {
  struct Alarm {
    var rule: Int
    /// How much the limit had refused before.
    var refused: Int
    /// When to look at it again.
    var due: Instant
  }

  var raised: [Alarm] = []

  /// When one of them is to be looked at.
  var deadline: Instant { raised.reduce(.distantFuture) { min($0, $1.due) } }
}

extension Core {
  /// Asks Admission whether a message may cost more than this look-up. What only an earlier version
  /// of the policy knows goes by that version's limits.
  mutating func welcome(_ flow: Flow, _ now: Instant) -> Welcome {
    var age = 0
    while age <= regimes.earlier {
      let place = regimes.earlier &- age
      if let peer = regimes[earlier: place].admission.peer(of: flow) {
        return welcome(flow, of: peer, by: place, now)
      }
      // What comes from its targets is the peer's as well, whatever it is: nobody has looked at it.
      if let peer = regimes[earlier: place].admission.peer(answering: flow) {
        return welcome(flow, of: peer, by: place, now)
      }
      age &+= 1
    }
    if regimes.current.admission.refuses(unknown: flow), shared.mayRefuseUnknown(at: now) {
      return .welcome
    }
    noteStranger(flow)
    return .stranger
  }

  private mutating func welcome(
    _ flow: Flow, of peer: PeerID, by place: Int, _ now: Instant
  ) -> Welcome {
    var marks = Marks()
    let stopping = regimes[earlier: place].admission.stop(flow, of: peer, at: now, &marks)
    if marks.begins > 0 {
      let policy = regimes[earlier: place].number
      raise(marks, Turn(flow: flow, now: now, peer: peer, policy: policy))
    }
    guard let stopping else { return .welcome }
    counters.limited &+= 1
    tallies.add(.limited, of: peer.raw)
    passage = Passage()
    passage.peer = peer
    passage.stage = .source
    passage.verdict = .silence(.rateLimit)
    passage.limit = UInt32(truncatingIfNeeded: stopping)
    return .tooMany
  }

  /// Tells which limits begin to bite, and watches them from now on.
  mutating func raise(_ marks: Marks, _ turn: Turn) {
    for place in 0..<marks.begins {
      let rule = marks.beginning(place)
      let subject = Subject(peer: turn.peer, flow: turn.flow)
      note(.limitBegan(rule: rule, policy: turn.policy, subject))
      guard turn.policy == regimes.number else { continue }
      let refused = regimes.current.admission.refused(rule)
      alarms.raised.append(Alarms.Alarm(rule: rule, refused: refused &- 1, due: turn.now))
    }
  }

  /// Tells which limits bite no more.
  mutating func watchAlarms(_ now: Instant) {
    guard alarms.deadline <= now else { return }
    var left: [Alarms.Alarm] = []
    for alarm in alarms.raised {
      guard alarm.due <= now else {
        left.append(alarm)
        continue
      }
      switch regimes.current.admission.biting(alarm.rule, at: now) {
      case .yes(let until):
        var alarm = alarm
        alarm.due = until
        left.append(alarm)
      case .stopped, .no:
        tellEnd(of: alarm)
      }
    }
    alarms.raised = left
  }

  private mutating func tellEnd(of alarm: Alarms.Alarm) {
    let refused = regimes.current.admission.refused(alarm.rule) &- alarm.refused
    note(.limitEnded(rule: alarm.rule, policy: regimes.number, refused: refused))
  }

  /// The policy changes: what is watched by the places of its rules is told to have ended, and what
  /// goes on biting begins anew under the next one.
  mutating func endAlarms() {
    for alarm in alarms.raised { tellEnd(of: alarm) }
    alarms.raised.removeAll()
  }
}
