package import Basics

/// One message for one role, and what is expected of it.
package struct Case: Sendable {
  /// The folder as it was named.
  package var folder: String
  /// Whom the element is taken for.
  package var role: Role
  /// What is expected.
  package var line: Expected.Line
  /// The message's octets.
  package var octets: [UInt8]

  /// The name of its file, without the ending.
  package var name: String { line.name }

  package init(folder: String, role: Role, line: Expected.Line, octets: [UInt8]) {
    self.folder = folder
    self.role = role
    self.line = line
    self.octets = octets
  }
}

/// A case played in one way over one transport: what a player is given, and a row of the table.
package struct Attempt: Sendable {
  /// The message and what is expected of it.
  package var of: Case
  /// How it is played.
  package var play: Play
  /// What it is sent over.
  package var transport: Transport

  package init(of: Case, play: Play, transport: Transport) {
    self.of = of
    self.play = play
    self.transport = transport
  }

  /// The octets to send; those of a response that is played live are rewritten first.
  package var octets: [UInt8] {
    play == .withEmptyLine ? of.octets + [0x0d, 0x0a] : of.octets
  }

  /// The outcomes that count here.
  package var required: [Outcome] { of.line.required.filter { $0.counts(over: transport) } }
  /// The tolerated ones that count here.
  package var tolerated: [Outcome] { of.line.tolerated.filter { $0.counts(over: transport) } }

  /// The name of the case, with what is not usual of it: `baddn+crlf`, `clerr (tcp)`.
  package var title: String {
    let play = play == .asItIs ? "" : "+\(play.rawValue)"
    return "\(of.name)\(play) (\(transport))"
  }
}

extension Case {
  /// The transport that its top Via asks for; TLS is played as TCP until there is a TLS stage.
  package var transport: Transport {
    Wire(octets).asksForStream ? .tcp : .udp
  }

  /// Every way in which it is to be played.
  /// - Parameter transport: only over this one; `nil` for the one that the message asks for, and
  ///   the other where EXPECTED has a word for that one alone.
  package func attempts(over only: Transport? = nil) -> [Attempt] {
    var transports = [only ?? transport]
    if only == nil {
      let other: Transport = transport == .udp ? .tcp : .udp
      let words = line.required + line.tolerated
      if words.contains(where: { $0.overStreams == other.isReliable }) { transports.append(other) }
    }
    return line.plays.flatMap { play in
      transports.map { Attempt(of: self, play: play, transport: $0) }
    }
  }
}
