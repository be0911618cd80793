import Admission
import Basics
import Border

/// One policy in a border element that many requests are put to, each in a dialog of its own.
struct Bench: ~Copyable {
  /// Requests after which it is made anew, so that what they leave there does not add up.
  private static let most = 256

  let snapshot: Snapshot
  private let ways: Ways
  private var trial: Trial
  private var serial = 0
  /// Times of day that were read.
  private var moments: [String: Int64] = [:]

  init(_ snapshot: Snapshot) {
    self.snapshot = snapshot
    ways = Ways(snapshot)
    trial = Self.trial(snapshot)
  }

  /// Without limits: so many requests come at once here that they would stop them. They are told
  /// among the settings.
  private static func trial(_ snapshot: Snapshot) -> Trial {
    var configuration = snapshot.configuration
    configuration.admission.rateLimits = []
    configuration.admission.sessionLimits = []
    return Trial(configuration)
  }

  /// What becomes of a request; `nil` for one that cannot be written.
  mutating func outcome(of witness: Witness) -> Outcome? {
    serial += 1
    if serial % Self.most == 0 || witness.isPeculiar { trial = Self.trial(snapshot) }
    do throws(Complaint) {
      guard snapshot.listeners.contains(witness.listener) else { return .noListener }
      let flow = try snapshot.flow(from: witness.from, to: witness.listener)
      let octets = try witness.sketch().octets(from: flow, serial: serial)
      trial.set(wall: try wall(witness.at))
      return Outcome(trial.judge(octets, from: flow), snapshot, ways)
    } catch {
      return nil
    }
  }

  private mutating func wall(_ text: String?) throws(Complaint) -> Int64 {
    guard let text else { return Moment.usual }
    if let known = moments[text] { return known }
    let wall = try Moment.read(text)
    moments[text] = wall
    return wall
  }

  /// What becomes of requests within one call, one after the other, that is set up and answered
  /// before. Where a request was sent says nothing: that follows from where the first one was.
  mutating func outcomes(within witnesses: [Witness]) -> [Outcome?] {
    guard let first = witnesses.first, let call = first.call,
      snapshot.listeners.contains(first.listener)
    else { return [] }
    var course = Course(snapshot)
    do throws(Complaint) {
      let flow = try snapshot.flow(from: first.from, to: first.listener)
      var begin = Suite.Input(message: .sketch(try Sketch(call.request, call.headers)), flow: flow)
      begin.wall = try wall(first.at)
      begin.replies = [200]
      course.play(begin)
      var outcomes: [Outcome?] = []
      for witness in witnesses {
        let sketch = try Sketch(witness.request, witness.headers, needsURI: false)
        let side = Suite.Input.Side(rawValue: witness.call?.side ?? "")
        let judgement = course.judge(Suite.Input(message: .sketch(sketch), within: side))
        var outcome = judgement.map { Outcome($0, snapshot, ways) }
        outcome?.nextHop = nil
        outcomes.append(outcome)
      }
      return outcomes
    } catch {
      return []
    }
  }
}
