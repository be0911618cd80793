import Admission
import Basics
import Border
import Routing
import SIP

/// What became of one message, stage by stage, in words: which rule decided, on what fact, and
/// where in the policy it stands.
package struct Explanation: Sendable {
  /// What a message comes to in the end.
  package enum Verdict: String, Sendable, CaseIterable, Encodable {
    /// It leaves for another element.
    case forward
    /// Its sender is told that it does not.
    case refuse
    /// Nothing is sent at all.
    case silence
    /// This element answers it itself, and not with a refusal.
    case answer
    /// It waits for an answer from outside.
    case ask
    /// It belongs to a transaction that is there already.
    case absorb
  }

  /// One stage that the message met.
  package struct Step: Sendable, Encodable {
    /// As the README's table of stages names it.
    package var stage: String
    /// "pass", or what the stage said instead.
    package var verdict: String
    /// What decided it.
    package var fact: String
    /// Where that stands in the policy: `file:line:column`.
    package var place: String?
    /// What rules of it that only observe would have done.
    package var observed: [Observed]?
    /// What the route that took it asks for; all of these hold.
    package var conditions: [Condition]?
    /// The first routes that were looked at and did not take it.
    package var passedOver: [PassedOver]?
    /// How many more there are of those.
    package var passedOverBesides: Int?
  }

  /// One thing that a route asks for, and what the message has of it.
  package struct Condition: Sendable, Encodable {
    /// Its key in the policy.
    package var condition: String
    /// What the route asks for.
    package var wanted: String
    /// What the message has.
    package var found: String
    /// Whether that will do, as the function that routes says.
    package var holds: Bool

    var fact: String { "it is for \(wanted); this is \(found)" }
  }

  /// A route that did not take the message, and the first of its conditions that did not hold.
  package struct PassedOver: Sendable, Encodable {
    /// Its name.
    package var route: String
    /// Where it stands in the policy: `file:line:column`.
    package var place: String
    /// The key of the condition.
    package var condition: String
    /// What it asks for, and what the message has.
    package var fact: String
    /// That of all its conditions, those that hold and those that do not.
    package var conditions: [Condition]
  }

  /// What a rule that only observes would have done.
  package struct Observed: Sendable, Encodable {
    /// The name of the route, or `methods` for the methods of a peer.
    package var rule: String
    /// Where it stands in the policy: `file:line:column`.
    package var place: String?
    /// What it would have done.
    package var fact: String
    /// What a route asks for, if it is one; all of these hold.
    package var conditions: [Condition]?
  }

  /// A message that was sent.
  package struct Sent: Sendable, Encodable {
    /// `udp:192.0.2.1:5060`
    package var to: String
    /// Whose address that is; `nil` for whoever sent the message.
    package var peer: String?
    /// Its first line, as it is sent.
    package var startLine: String
    /// The lines, those that were changed with `-` and `+`.
    package var lines: [String]
  }

  /// A host name whose address was wanted.
  package struct Question: Sendable, Encodable {
    /// As the message wrote it.
    package var name: String
    /// An address, or why there is none; `nil` where nobody answered.
    package var answer: String?
  }

  /// The start line of the message.
  package internal(set) var message: String
  /// Where it came from: `udp:192.0.2.1:5060`.
  package internal(set) var from: String
  /// The name of the listener that it came to.
  package internal(set) var listener: String
  /// The name of the peer that it came from.
  package internal(set) var peer: String?
  /// The stages in the order in which it met them; the last one had the last word.
  package internal(set) var steps: [Step] = []
  /// What it came to.
  package internal(set) var verdict: Verdict
  /// What the sender gets at once.
  package internal(set) var status: Int?
  /// The reason phrase of that.
  package internal(set) var reason: String?
  /// As the log has it.
  package internal(set) var cause: String?
  /// The line that the log has of it, without its time and source.
  package internal(set) var log: String?
  /// The last stage that it reached.
  package internal(set) var stage: String
  /// What showed it its way: "routes", "dialog", "route-header" or "mended".
  package internal(set) var guide: String?
  /// The name of the route that took it.
  package internal(set) var route: String?
  /// The name of the peer that it went to.
  package internal(set) var callee: String?
  /// Where it was sent: `udp:192.0.2.1:5060`.
  package internal(set) var nextHop: String?
  /// Where the route that took it leads, target after target.
  package internal(set) var lead: Lead?
  /// The host names that the element asked for.
  package internal(set) var questions: [Question] = []
  /// What was sent to others.
  package internal(set) var leaves: [Sent] = []
  /// What its sender gets.
  package internal(set) var replies: [Sent] = []
  /// What was done to the message before it was put to the element.
  package internal(set) var remark: String?
}

extension Explanation: Encodable {}

extension Explanation {
  /// Words for what a border has done.
  init(_ judgement: Judgement, under snapshot: Snapshot) {
    let facts = Facts(judgement, snapshot)
    self.init(facts)
    questions = judgement.asked.map { asked in
      Question(name: asked.name, answer: asked.answer.map(Self.text))
    }
    log = facts.log
    steps = facts.steps
    show(judgement, facts)
  }

  private init(_ facts: Facts) {
    let (judgement, snapshot) = (facts.judgement, facts.snapshot)
    message = facts.transcript.startLine
    from = Self.text(judgement.flow)
    listener = snapshot.listeners[Int(judgement.flow.listener)]
    peer = judgement.passage.peer.map(facts.name)
    verdict = Self.verdict(judgement)
    stage = Kebab.text(judgement.passage.stage)
    if judgement.passage.guide != .none { guide = Kebab.text(judgement.passage.guide) }
    route = judgement.passage.route.map { facts.routes[Int($0)].name }
    callee = judgement.passage.callee.map(facts.name)
    nextHop = judgement.passage.flow.map(Self.text)
    cause = Facts.cause(of: judgement.passage.verdict)
  }

  static func verdict(_ judgement: Judgement) -> Verdict {
    switch judgement.passage.verdict {
    case .none: judgement.sent.isEmpty ? .silence : .forward
    case .silence, .unreadable, .stray, .malformed(_, isAnswered: false): .silence
    case .malformed(_, isAnswered: true), .refused: .refuse
    case .answered: .answer
    case .absorbed: .absorb
    case .asking: .ask
    case .forwarded: .forward
    }
  }

  /// Sorts what was sent into what leaves and what the sender gets.
  private mutating func show(_ judgement: Judgement, _ facts: Facts) {
    let asked = facts.transcript
    for sent in judgement.sent {
      let transcript = Transcript(sent.bytes)
      let isSame = transcript.isRequest == asked.isRequest && transcript.method == asked.method
      let difference = Difference(from: isSame ? asked.lines : [], to: transcript.lines)
      let lines = difference.lines.map { isSame ? "\($0.mark.rawValue) \($0.text)" : $0.text }
      let peer = sent.flow == judgement.passage.flow ? callee : nil
      let shown = Sent(
        to: Self.text(sent.flow), peer: peer, startLine: transcript.startLine, lines: lines)
      if transcript.isRequest || !asked.isRequest {
        leaves.append(shown)
      } else {
        replies.append(shown)
        guard transcript.all("CSeq") == asked.all("CSeq") else { continue }
        // After an answer from outside the last word counts.
        (status, reason) = (transcript.status, transcript.reason)
      }
    }
  }

  static func text(_ flow: Flow) -> String { "\(flow.transport.word):\(flow.remote.text)" }

  static func text(_ answer: Result<Address, Unresolved>) -> String {
    switch answer {
    case .success(let address): address.text
    case .failure(let cause): Kebab.text(cause)
    }
  }
}

/// Names of cases as the log writes them.
enum Kebab {
  /// `noRoute` becomes `no-route`.
  static func text<Case>(_ name: Case) -> String {
    "\(name)".reduce(into: "") { text, character in
      if character.isUppercase { text += "-" }
      text += character.lowercased()
    }
  }
}
