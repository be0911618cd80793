import Basics
import Border
import Foundation

/// What two policies make of one message.
package struct Verdicts: Sendable, Encodable {
  /// The start line of the message.
  package internal(set) var message: String
  /// Where it comes from: `udp:192.0.2.1:5060`.
  package internal(set) var from: String
  /// The name of the listener that it comes to.
  package internal(set) var listener: String
  /// Whether it comes to the same, but for names that have changed.
  package internal(set) var isSame: Bool
  /// What becomes of it in the policy as it is.
  package internal(set) var old: Outcome
  /// As `old`, for the policy as it is to be, by its own names.
  package internal(set) var new: Outcome
  /// What was done to the message before it was put to both.
  package internal(set) var remark: String?
}

/// A message and its occasion, as a command line names them.
package struct Question: Sendable {
  /// The whole of the message; `nil` for the short form.
  package var message: Mended?
  /// The short form, such as `INVITE sip:+4930@example.com`.
  package var request = ""
  /// Headers of the short form, each `Name: value`.
  package var headers: [String] = []
  /// The body of the short form.
  package var body = ""
  /// Where it comes from: `[transport:]address[:port]`.
  package var from: String
  /// The listener that it comes to; `nil` for the first that fits.
  package var listener: String?
  /// `udp` or `tcp`; `nil` for that of the listener.
  package var transport: String?
  /// Answers to questions for names, each `name=address`.
  package var answers: [String] = []
  /// When, such as `2026-11-21T08:30:00Z`; `nil` for now.
  package var time: String?

  package init(_ message: Mended?, from: String) {
    self.message = message
    self.from = from
  }
}

extension Verdicts {
  /// Puts one message to two policies. Where no listener is named it is the first that fits in the
  /// policy as it is, else in the other.
  package static func of(
    _ question: Question, _ old: Snapshot, _ new: Snapshot
  ) throws(Misuse) -> Verdicts {
    do throws(Complaint) {
      let (listener, flow) = try origin(question, old, new)
      let octets: [UInt8]
      if let message = question.message {
        octets = message.octets
      } else {
        octets = try Explanation.sketch(
          (question.request, question.headers), question.body, flow)
      }
      // One instant for both.
      let wall = try question.time.map(Moment.read) ?? Moment.now
      let before = try outcome(question, octets, listener, wall, old)
      let after = try outcome(question, octets, listener, wall, new)
      let renamed = after.renamed(Renames(old, new))
      return Verdicts(
        message: Transcript(octets).startLine, from: Explanation.text(flow), listener: listener,
        isSame: before.essence == renamed.essence, old: before, new: after,
        remark: question.message?.remark)
    } catch {
      throw Misuse(error)
    }
  }

  /// The listener, and the flow that the message comes by in one of the policies.
  private static func origin(
    _ question: Question, _ old: Snapshot, _ new: Snapshot
  ) throws(Complaint) -> (String, Flow) {
    func flow(_ snapshot: Snapshot) throws(Complaint) -> (String, Flow) {
      let flow = try snapshot.flow(
        from: question.from, to: question.listener, transport: question.transport)
      return (snapshot.listeners[Int(flow.listener)], flow)
    }
    do throws(Complaint) {
      return try flow(old)
    } catch let first {
      guard let found = try? flow(new) else { throw first }
      return found
    }
  }

  private static func outcome(
    _ question: Question, _ octets: [UInt8], _ listener: String, _ wall: Int64,
    _ snapshot: Snapshot
  ) throws(Complaint) -> Outcome {
    guard snapshot.listeners.contains(listener) else { return .noListener }
    let flow = try snapshot.flow(
      from: question.from, to: listener, transport: question.transport)
    var trial = Trial(snapshot.configuration, wall: wall)
    let answers = try Snapshot.answers(question.answers)
    return Outcome(trial.judge(octets, from: flow, answers), snapshot, Ways(snapshot))
  }
}

extension Verdicts {
  /// Lines for a terminal.
  package var text: String {
    var lines = [message, "from \(from) to listener \(listener)"]
    if let remark { lines.append("(\(remark))") }
    lines.append("")
    if isSame {
      lines += ["  = \(new.text)\(new.placeInBrackets)", "", "the same verdict"]
    } else {
      lines += [
        "  - \(old.text)\(old.placeInBrackets)", "  + \(new.text)\(new.placeInBrackets)", "",
        "another verdict",
      ]
    }
    return lines.joined(separator: "\n")
  }

  /// As JSON, for programs.
  package var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Texts and numbers alone: nothing in it can fail to be encoded.
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
