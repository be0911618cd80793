package import Basics
import Border

/// Why a message cannot be put to a policy: a wrong word of whoever asks.
package struct Misuse: Error, Hashable, CustomStringConvertible {
  package var description: String

  init(_ complaint: Complaint) { description = complaint.message }
}

extension Snapshot {
  /// The flow that a message comes by.
  /// - Parameters:
  ///   - source: `[transport:]address[:port]`; the port is 5060 where none is written.
  ///   - listener: the name of the one that it comes to; `nil` for the first that fits.
  ///   - transport: `udp` or `tcp`; `nil` for that of the source or the listener.
  func flow(
    from source: String, to listener: String?, transport: String? = nil
  ) throws(Complaint) -> Flow {
    let isBare = source.filter { $0 == ":" }.count > 1 && !source.contains("[")
    let written = try Addresses.target(isBare ? "[\(source)]" : source, as: "a source")
    let wanted = try transport.map(Self.transport) ?? written.transport
    let all = configuration.listeners
    guard let listener else {
      let fits = all.indices.first {
        all[$0].local.address.isIPv4 == written.endpoint.address.isIPv4
          && (wanted == nil || all[$0].transport == wanted)
      }
      guard let fits else {
        let way = wanted.map { "\($0.word) and " } ?? ""
        let family = written.endpoint.address.isIPv4 ? "IPv4" : "IPv6"
        throw Complaint("there is no listener for \(way)\(family)")
      }
      return flow(all[fits].transport, fits, written.endpoint)
    }
    guard let place = listeners.firstIndex(of: listener) else {
      let question = Spelling.question(listener, of: listeners)
      throw Complaint("there is no listener `\(listener.shortened)`\(question)")
    }
    let own = all[place].transport
    guard wanted == nil || wanted == own else {
      throw Complaint("listener `\(listener)` speaks \(own.word), and not \(wanted?.word ?? "")")
    }
    guard all[place].local.address.isIPv4 == written.endpoint.address.isIPv4 else {
      let families = written.endpoint.address.isIPv4 ? ("IPv6", "IPv4") : ("IPv4", "IPv6")
      throw Complaint(
        "listener `\(listener)` has an address of \(families.0): nothing of \(families.1) comes"
          + " there"
      )
    }
    return flow(own, place, written.endpoint)
  }

  private func flow(_ transport: Transport, _ listener: Int, _ remote: Endpoint) -> Flow {
    // Where the stream itself came from does not matter here, but that there is one does.
    let stream = Connection(worker: 0, handle: Handle(index: UInt32(remote.port), generation: 0))
    return Flow(
      transport, listener: UInt8(listener), remote: remote,
      connection: transport.isReliable ? stream : nil)
  }

  private static func transport(_ word: String) throws(Complaint) -> Transport {
    switch word {
    case "udp": return .udp
    case "tcp": return .tcp
    default: throw Complaint("`\(word.shortened)` is not a transport (udp, tcp)")
    }
  }

  /// Reads `name=address`, or `name=none` for a name that does not exist.
  static func answer(
    _ text: String
  ) throws(Complaint) -> (name: String, answer: Result<Address, Unresolved>) {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      throw Complaint("`\(text.shortened)` is not an answer, such as `sip.example.com=192.0.2.1`")
    }
    return (parts[0].lowercased(), try answer(to: parts[1]))
  }

  /// Reads answers, each `name=address`; the last one for a name counts.
  static func answers(
    _ texts: [String]
  ) throws(Complaint) -> [String: Result<Address, Unresolved>] {
    var known: [String: Result<Address, Unresolved>] = [:]
    for text in texts {
      let (name, answer) = try answer(text)
      known[name] = answer
    }
    return known
  }

  /// Reads an address, or `none`.
  static func answer(to text: String) throws(Complaint) -> Result<Address, Unresolved> {
    if text == "none" { return .failure(.noSuchName) }
    return .success(try Addresses.address(text))
  }
}

extension Snapshot {
  /// The flow of a source, to the first listener that fits.
  /// - Parameters:
  ///   - source: `[transport:]address[:port]`; the port is 5060 where none is written.
  ///   - transport: over which it comes.
  package func flow(
    from source: String, over transport: Transport
  ) throws(Misuse) -> Flow {
    do throws(Complaint) {
      return try flow(from: source, to: nil, transport: transport.word)
    } catch {
      throw Misuse(error)
    }
  }
}

extension Explanation {
  /// Puts one message to a policy, and says what became of it.
  /// - Parameters:
  ///   - message: the whole of it, or `nil` for the short form.
  ///   - short: the short form, such as `INVITE sip:+4930@example.com`, and its headers, each
  ///     `Name: value`.
  ///   - body: the body of the short form.
  ///   - answers: to questions for names, each `name=address`.
  ///   - time: when, such as `2026-11-21T08:30:00Z`; `nil` for now.
  package static func of(
    _ message: Mended?, short: (request: String, headers: [String]) = ("", []), body: String = "",
    from source: String, to listener: String?, transport: String? = nil, answers: [String] = [],
    at time: String? = nil,
    under snapshot: Snapshot
  ) throws(Misuse) -> Explanation {
    do throws(Complaint) {
      let flow = try snapshot.flow(from: source, to: listener, transport: transport)
      let known = try Snapshot.answers(answers)
      let octets = if let message { message.octets } else { try sketch(short, body, flow) }
      let wall = try time.map(Moment.read) ?? Moment.now
      var trial = Trial(snapshot.configuration, wall: wall)
      let judgement = trial.judge(octets, from: flow, known)
      var explanation = Explanation(judgement, under: snapshot)
      explanation.lead = Ways(snapshot).lead(of: judgement, snapshot)
      explanation.remark = message?.remark
      return explanation
    } catch {
      throw Misuse(error)
    }
  }

  /// The octets of a request in short form.
  static func sketch(
    _ short: (request: String, headers: [String]), _ body: String, _ flow: Flow
  ) throws(Complaint) -> [UInt8] {
    var sketch = try Sketch(short.request, short.headers)
    sketch.body = Array(body.utf8)
    return sketch.octets(from: flow, serial: 1)
  }
}

extension Snapshot {
  /// The octets of a file with a message.
  package static func octets(
    of path: String, from library: Library = .disk
  ) throws(Rejection) -> [UInt8] {
    do throws(Finding) {
      return try library.read(path)
    } catch {
      throw Rejection(findings: [error])
    }
  }
}
