/// What of a request the answer to it repeats (RFC 3261 §8.2.6.2).
package struct Asked: Sendable {
  /// Each as it stands on the wire; several Via are joined by commas.
  package var via: [UInt8] = []
  /// With its tag.
  package var from: [UInt8] = []
  /// As it was asked, so without a tag where a call begins.
  package var to: [UInt8] = []
  /// All of it.
  package var callID: [UInt8] = []
  /// Number and method.
  package var cSeq: [UInt8] = []

  package init() {}

  /// To show an answer without an element that asked.
  package static let example: Asked = {
    var asked = Asked()
    asked.via = Array("SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1".utf8)
    asked.from = Array("<sip:alice@caller.example>;tag=a1".utf8)
    asked.to = Array("<sip:bob@callee.example>".utf8)
    asked.callID = Array("m1@caller.example".utf8)
    asked.cSeq = Array("1 INVITE".utf8)
    return asked
  }()

  /// The value that a mark of a template stands for.
  func value(_ mark: UInt8) -> [UInt8] {
    switch mark {
    case UInt8(ascii: "v"): via
    case UInt8(ascii: "f"): from
    case UInt8(ascii: "t"): to
    case UInt8(ascii: "i"): callID
    default: cSeq
    }
  }
}

extension Mutator {
  /// Whether a mutant is an answer to a request that the element really sent.
  package func isResponse(_ mutant: Mutant) -> Bool { Template.all[mutant.template].isResponse }

  /// What a mutant is, for a report: `INVITE, Via host: overflow`.
  package func describe(_ mutant: Mutant) -> String {
    let template = Template.all[mutant.template]
    let faults = mutant.faults.map { fault in
      switch fault.what {
      case .value(let piece, let anomaly):
        let field = template.lines[fault.line][piece].field ?? ""
        return "\(field): \(anomaly.kind.rawValue)"
      case .line(let what): return "\(template.lineName(fault.line)): \(what)"
      }
    }
    return "\(template.name), \(faults.joined(separator: "; "))"
  }

  /// Writes a mutant instead of what `octets` holds.
  /// - Parameter asked: what a response answers.
  package func write(_ mutant: Mutant, answering asked: Asked?, into octets: inout [UInt8]) {
    write(template: mutant.template, mutant.faults, mutant.number, asked, into: &octets)
  }

  /// Writes the INVITE that a response is the answer to, without any fault.
  package func writeSoundInvite(_ number: Int, into octets: inout [UInt8]) {
    write(template: 0, [], number, nil, into: &octets)
  }

  /// The octets of a mutant, or those of the INVITE that it is the answer to.
  package func octets(of number: Int) -> [UInt8] {
    var octets: [UInt8] = []
    let mutant = mutant(number)
    if isResponse(mutant) {
      writeSoundInvite(number, into: &octets)
    } else {
      write(mutant, answering: nil, into: &octets)
    }
    return octets
  }

  /// Writes a template without any fault, for the test that they have none.
  func writeSound(
    template: Int, _ number: Int, answering asked: Asked?, into octets: inout [UInt8]
  ) {
    write(template: template, [], number, asked, into: &octets)
  }

  private func write(
    template number: Int, _ faults: [Fault], _ serial: Int, _ asked: Asked?,
    into octets: inout [UInt8]
  ) {
    octets.removeAll(keepingCapacity: true)
    defer { setting?.place(into: &octets) }
    let template = Template.all[number]
    let mark = setting?.mark ?? ""
    let ink = Ink(template: template, serial: Array("\(serial)\(mark)".utf8), asked: asked)
    // A line that is to come first is written before all others.
    for fault in faults {
      if case .line(.first) = fault.what { ink.write(fault.line, faults, into: &octets) }
    }
    for line in template.lines.indices {
      if line == template.headLines { octets += [0x0d, 0x0a] }
      ink.write(line, faults, into: &octets)
      if ends(faults, after: line) { return }
    }
    if template.headLines == template.lines.count { octets += [0x0d, 0x0a] }
  }

  private func ends(_ faults: [Fault], after line: Int) -> Bool {
    faults.contains { fault in
      if case .line(.endsTheMessage) = fault.what { fault.line == line } else { false }
    }
  }
}

/// Writes the lines of one template.
private struct Ink {
  let template: Template
  let serial: [UInt8]
  let asked: Asked?

  func write(_ line: Int, _ faults: [Mutator.Fault], into octets: inout [UInt8]) {
    var lineFault: LineFault?
    for fault in faults where fault.line == line {
      if case .line(let what) = fault.what { lineFault = what }
    }
    for _ in 0..<(lineFault?.copies ?? 1) {
      let start = octets.count
      for piece in template.lines[line].indices {
        write(line, piece, faults, into: &octets)
      }
      if let lineFault { spoil(&octets, from: start, lineFault) }
      octets += lineFault?.ending ?? [0x0d, 0x0a]
    }
  }

  private func spoil(_ octets: inout [UInt8], from start: Int, _ fault: LineFault) {
    let colon = octets[start...].firstIndex(of: 0x3a) ?? octets.count
    switch fault {
    case .withoutColon: if colon < octets.count { octets[colon] = 0x20 }
    case .withTwoColons: octets.insert(0x3a, at: colon)
    case .spacedColon: octets.insert(contentsOf: [0x20, 0x09, 0x20], at: colon)
    case .folded: octets.insert(contentsOf: [0x0d, 0x0a, 0x09], at: min(colon + 1, octets.count))
    case .long: octets += [UInt8](repeating: 0x78, count: 9000)
    case .shouted:
      for place in start..<octets.count where (0x61...0x7a).contains(octets[place]) {
        octets[place] -= 0x20
      }
    default: break
    }
  }

  private func write(
    _ line: Int, _ piece: Int, _ faults: [Mutator.Fault], into octets: inout [UInt8]
  ) {
    let value = template.lines[line][piece]
    for fault in faults where fault.line == line {
      guard case .value(piece, let anomaly) = fault.what else { continue }
      return write(value, spoiltBy: anomaly, into: &octets)
    }
    write(value.text, into: &octets)
  }

  private func write(
    _ value: Template.Piece, spoiltBy anomaly: Anomaly, into octets: inout [UInt8]
  ) {
    let middle = value.text.lowerBound + value.text.count / 2
    switch anomaly.place {
    case .instead: break
    case .before, .value: break
    case .behind: write(value.text, into: &octets)
    case .amid: write(value.text.lowerBound..<middle, into: &octets)
    }
    for _ in 0..<anomaly.times {
      if case .value = anomaly.place { write(value.text, into: &octets) }
      octets += anomaly.octets
      // No sender can send more than a datagram holds, nor is more of a stream worth the time.
      if octets.count > 65_000 { break }
    }
    switch anomaly.place {
    case .before: write(value.text, into: &octets)
    case .amid: write(middle..<value.text.upperBound, into: &octets)
    case .instead, .behind, .value: break
    }
  }

  /// Writes sound text: marks are replaced by what they stand for.
  private func write(_ text: Range<Int>, into octets: inout [UInt8]) {
    var place = text.lowerBound
    while place < text.upperBound {
      let octet = template.octets[place]
      place += 1
      switch octet {
      case UInt8(ascii: "#"): octets += serial
      case UInt8(ascii: "@") where template.isResponse && place < text.upperBound:
        if let asked, text.count == 2 {
          octets += asked.value(template.octets[place])
          place += 1
        } else {
          octets.append(octet)
        }
      default: octets.append(octet)
      }
    }
  }
}

extension Asked {
  /// What the answer to a request repeats that came over a network.
  package init(to request: Wire) {
    via = Array(request.values("Via").joined(separator: [0x2c]))
    from = request.values("From").first ?? []
    to = request.values("To").first ?? []
    callID = request.values("Call-ID").first ?? []
    cSeq = request.values("CSeq").first ?? []
  }
}
