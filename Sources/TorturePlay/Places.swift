/// Where things stand in octets that may be broken in any way: what is changed of a message is
/// changed in its place, and every other octet stays as it is.
struct Places {
  let octets: [UInt8]

  init(_ octets: [UInt8]) { self.octets = octets }

  /// The value of each header of one of these names, in lower case, with its folds.
  func values(_ names: Set<String>) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var start = lineEnd(from: 0) + 2
    while start < octets.count {
      var end = lineEnd(from: start)
      if end == start { break }
      while end + 2 < octets.count, isBlank(octets[end + 2]) { end = lineEnd(from: end + 2) }
      if let colon = octets[start..<end].firstIndex(of: 0x3a) {
        var nameEnd = colon
        while nameEnd > start, isBlank(octets[nameEnd - 1]) { nameEnd -= 1 }
        let name = String(decoding: octets[start..<nameEnd], as: UTF8.self).lowercased()
        if names.contains(name) { found.append(colon + 1..<end) }
      }
      start = end + 2
    }
    return found
  }

  private func lineEnd(from start: Int) -> Int {
    var place = start
    while place + 1 < octets.count {
      if octets[place] == 0x0d, octets[place + 1] == 0x0a { return place }
      place += 1
    }
    return octets.count
  }

  private func isBlank(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 }

  private func skip(_ place: Int, to end: Int) -> Int {
    var place = place
    while place < end, isBlank(octets[place]) || octets[place] == 0x0d || octets[place] == 0x0a {
      place += 1
    }
    return place
  }

  // MARK: The top Via

  /// What the top Via says of where answers go.
  struct SentBy {
    /// Host and port as they stand.
    var range: Range<Int>
    /// 5060 where none is written.
    var port: UInt16 = 5060
    /// The value of its branch.
    var branch: Range<Int>?
    /// The transport, in lower case.
    var transport: String
  }

  /// - Returns: `nil` where there is no Via, or none that could be read by eye.
  var sentBy: SentBy? {
    guard let via = values(["via", "v"]).first,
      let first = octets[via].firstIndex(of: 0x2f),
      let second = octets[(first + 1)..<via.upperBound].firstIndex(of: 0x2f)
    else { return nil }
    let word = skip(second + 1, to: via.upperBound)
    let wordEnd = token(word, to: via.upperBound)
    let start = skip(wordEnd, to: via.upperBound)
    guard wordEnd > word, start < via.upperBound, start > wordEnd else { return nil }
    let transport = String(decoding: octets[word..<wordEnd], as: UTF8.self).lowercased()
    var found = SentBy(range: start..<hostEnd(start, to: via.upperBound), transport: transport)
    let colon = skip(found.range.upperBound, to: via.upperBound)
    if colon < via.upperBound, octets[colon] == 0x3a {
      let digits = skip(colon + 1, to: via.upperBound)
      let end = token(digits, to: via.upperBound)
      found.range = start..<end
      found.port = UInt16(String(decoding: octets[digits..<end], as: UTF8.self)) ?? 5060
    }
    found.branch = branch(found.range.upperBound, to: via.upperBound)
    return found
  }

  private func hostEnd(_ start: Int, to end: Int) -> Int {
    if octets[start] == 0x5b {
      return octets[start..<end].firstIndex(of: 0x5d).map { $0 + 1 } ?? end
    }
    return token(start, to: end)
  }

  /// Up to the next separator.
  private func token(_ start: Int, to end: Int) -> Int {
    let separators: Set<UInt8> = [0x20, 0x09, 0x0d, 0x0a, 0x3a, 0x3b, 0x2c, 0x3d]
    return octets[start..<end].firstIndex(where: separators.contains) ?? end
  }

  private func branch(_ start: Int, to end: Int) -> Range<Int>? {
    var place = start
    while let mark = octets[place..<end].firstIndex(where: { $0 == 0x3b || $0 == 0x2c }) {
      if octets[mark] == 0x2c { return nil }
      let name = skip(mark + 1, to: end)
      place = token(name, to: end)
      guard String(decoding: octets[name..<place], as: UTF8.self).lowercased() == "branch" else {
        continue
      }
      let sign = skip(place, to: end)
      guard sign < end, octets[sign] == 0x3d else { return nil }
      let value = skip(sign + 1, to: end)
      return value..<token(value, to: end)
    }
    return nil
  }

  /// The branch, unless it says nothing but that it follows RFC 3261: with a mark behind it, it
  /// would say more.
  private var ownBranch: Range<Int>? {
    guard let branch = sentBy?.branch else { return nil }
    return octets[branch].elementsEqual(Array("z9hG4bK".utf8)) ? nil : branch
  }

  /// What an element may know the message by: its Call-IDs, and its transaction (RFC 3261 §17.2.3).
  var names: Set<[UInt8]> {
    var names = Set(callIDs)
    if let sentBy, let branch = ownBranch {
      let method = octets.prefix { $0 != 0x20 }
      names.insert(octets[branch] + [0x0a] + octets[sentBy.range] + [0x0a] + method)
    }
    return names
  }

  // MARK: Changed

  /// The message with another sent-by on top; as it is where it has none.
  func sent(by hostPort: String) -> [UInt8] {
    guard let place = sentBy?.range else { return octets }
    var changed = octets
    changed.replaceSubrange(place, with: Array(hostPort.utf8))
    return changed
  }

  /// The message as one that no element has seen: its Call-IDs and the branch of its top Via end
  /// with a mark of their own.
  func marked(_ mark: String) -> [UInt8] {
    var ends = values(["call-id", "i"]).map { value in
      octets[value].lastIndex { !isBlank($0) }.map { $0 + 1 } ?? value.upperBound
    }
    if let branch = ownBranch { ends.append(branch.upperBound) }
    var changed = octets
    for end in ends.sorted(by: >) { changed.insert(contentsOf: Array(mark.utf8), at: end) }
    return changed
  }
}
