import Basics
import Testing
import Torture

@Suite("Every word of EXPECTED counts")
struct FlipTests {
  @Test("flipping any one outcome of any line and role makes a run fail", arguments: Runs.folders)
  func each(folder: String) throws {
    var flips = 0
    for one in try Runs.read(folder).cases {
      for attempt in one.attempts() {
        for (place, outcome) in (attempt.required + attempt.tolerated).enumerated() {
          let seen = attempt.likeness(of: outcome)
          let isRequired = place < attempt.required.count
          let verdict = Judge(attempt, seen).verdict()
          #expect(verdict.kind == (isRequired ? .pass : .tolerated), "\(attempt.title) \(verdict)")
          let flipped = try outcome.flipped
          let other = attempt.expecting { $0 == outcome ? flipped : $0 }
          let overlapping = other.required + other.tolerated
          // `4xx` beside `404` would still take a 404; nothing else may take it.
          let isTaken = overlapping.contains { $0 != flipped && $0.deed.takes(outcome.deed) }
          let now = Judge(other, seen).verdict()
          #expect(isTaken || now.kind == .fail, "\(attempt.title) \(one.role) \(outcome)")
          flips += 1
        }
      }
    }
    #expect(flips > (folder == "found" ? 7 : 25))
  }

  @Test("an element that is silent fails all that want a word of it", arguments: Runs.folders)
  func silence(folder: String) throws {
    for one in try Runs.read(folder).cases {
      for attempt in one.attempts() {
        let mayBeSilent = (attempt.required + attempt.tolerated).contains { $0.deed == .silence }
        let verdict = Judge(attempt, Observation(sent: attempt.octets)).verdict()
        #expect((verdict.kind == .fail) == !mayBeSilent, "\(attempt.title)")
      }
    }
  }
}

extension Torture.Outcome.Deed {
  /// Whether whatever does the other deed does this one as well.
  fileprivate func takes(_ other: Torture.Outcome.Deed) -> Bool {
    switch (self, other) {
    case (.answer(.hundred(let first)), .answer(.one(let status))): status / 100 == first
    default: self == other
    }
  }
}
