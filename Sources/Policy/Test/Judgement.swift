import Admission
import Basics
import Border
import SIP

/// A message that was put to a border, and all that it came to.
struct Judgement: Sendable {
  /// A name whose address the border wanted to know, and what it was told.
  struct Asked: Sendable {
    var name: String
    var answer: Result<Address, Unresolved>?
  }

  let octets: [UInt8]
  let flow: Flow
  /// What time it was, in nanoseconds since 1970-01-01T00:00:00Z.
  let wall: Int64
  /// The border's own word, after all answers.
  var passage: Passage
  /// Why a stream that brought this would be closed.
  var unframed: Malformed?
  var sent: [Trial.Sent]
  var asked: [Asked] = []
  /// What rules that only observe would have done.
  var observed: [Observation] = []
}

extension Trial {
  /// The most answers that one message is given: one host name leads to no other.
  private static let answers = 8

  /// Puts a message to the border, and answers what it asks as far as there are answers.
  mutating func judge(
    _ octets: [UInt8], from flow: Flow, _ answers: [String: Result<Address, Unresolved>] = [:]
  ) -> Judgement {
    let first = receive(octets, from: flow)
    var judgement = Judgement(
      octets: octets, flow: flow, wall: wall, passage: first.passage, unframed: first.unframed,
      sent: first.sent)
    judgement.observed = first.observed
    var questions = first.questions
    var left = Self.answers
    while !questions.isEmpty, left > 0 {
      left -= 1
      let question = questions.removeFirst()
      let name = String(decoding: question.name, as: UTF8.self)
      let answer = answers[name.lowercased()]
      judgement.asked.append(Judgement.Asked(name: name, answer: answer))
      guard let answer else { continue }
      let next = self.answer(question.ticket, answer)
      judgement.goOn(next.passage, next.sent)
      questions += next.questions
    }
    return judgement
  }
}

extension Judgement {
  /// The request has gone on. Where it came from was found when it came.
  mutating func goOn(_ next: Passage, _ sent: [Trial.Sent]) {
    passage = next.takingSource(of: passage)
    self.sent += sent
  }
}
