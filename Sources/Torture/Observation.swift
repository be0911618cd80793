package import Basics

/// All that was seen of an element after one message: what a player hands to the judge.
package struct Observation: Sendable {
  /// A message of the element's.
  package struct Seen: Sendable {
    /// As it was on the wire.
    package var octets: [UInt8]
    /// What it came by.
    package var transport: Transport

    package init(_ octets: [UInt8], over transport: Transport) {
      self.octets = octets
      self.transport = transport
    }
  }

  /// What was really sent: after rewriting, where the player rewrites.
  package var sent: [UInt8]
  /// What came back to the sender, in its order; retransmissions may be among it.
  package var answers: [Seen] = []
  /// What a next hop received; for a response, what whoever had asked received of it.
  package var forwarded: [Seen] = []
  /// Whether the element ended the stream that the message came by.
  package var isClosed = false
  /// Whether it answered an OPTIONS afterwards.
  package var stillAnswers = true
  /// What the element still held when all its timers were over, in words. Only an element in
  /// process shows that.
  package var leftovers: String?
  /// Why it could not be played at all, in words.
  package var trouble: String?

  package init(sent: [UInt8]) { self.sent = sent }
}

/// Whatever puts messages to an element and watches it. It plays one attempt after the other, and
/// after each one finds out whether the element still answers.
package protocol Player: ~Copyable {
  /// Plays one attempt.
  mutating func play(_ attempt: Attempt) -> Observation
  /// Why nothing more can be played, in words.
  var end: String? { get }
}

extension Player where Self: ~Copyable {
  /// Most players go on to the end.
  package var end: String? { nil }
}
