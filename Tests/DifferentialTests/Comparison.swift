import Basics
import Rehearsal

/// What sofia-sip sees in what was received, changed as a proxy has to change it, against what it
/// sees in what was sent.
struct Comparison {
  private let way: Pair.Way
  /// What is to be seen, and what is.
  private var expected: Dump
  private var seen: Dump
  private(set) var differences: [String] = []

  /// - Parameter response: what sofia-sip sees in the response that an ACK is for.
  init(_ way: Pair.Way, received: Dump, sent: Dump, response: Dump? = nil) {
    self.way = way
    expected = received
    seen = sent
    switch way {
    case .request(let facts): request(facts)
    case .redirected(let facts, _):
      request(facts)
      lead(to: response?.value(of: "Contact"))
    case .response: responseWay()
    case .answer(let facts): answer(facts)
    case .cancel: own("CANCEL", to: received)
    case .acknowledgement: own("ACK", to: response ?? received)
    }
    compare()
  }

  private mutating func differ(_ what: String) { differences.append(what) }

  private mutating func expect(_ holds: Bool, _ what: String) {
    if !holds { differ(what) }
  }

  /// Whatever is left has to be the same, in the same order.
  private mutating func compare() {
    if expected.startLine != seen.startLine {
      differ("start line: \(expected.startLine) became \(seen.startLine)")
    }
    if expected.body != seen.body { differ("body: \(expected.body) became \(seen.body)") }
    if expected.isRefused != seen.isRefused { differ("sofia-sip refuses one of them") }
    guard expected.fields != seen.fields else { return }
    for (one, other) in zip(expected.fields, seen.fields) where one != other {
      return differ("header: \(one) became \(other)")
    }
    let (more, less) = (expected.fields.count, seen.fields.count)
    differ("\(more) headers became \(less): \(expected.fields.dropFirst(less).prefix(1))")
  }

  // MARK: Requests (RFC 3261 §16.6)

  private mutating func request(_ facts: Pair.Facts) {
    takeOwnVia()
    takeRecordRoutes(facts.recordRoutes)
    stamp(facts.source)
    count("Max-Forwards", without: "70") { "\($0 - 1)" }
    count("Max-Breadth", without: "60") { "\(min($0, 60))" }
    if facts.isOwnMaddr {
      // §16.4: what named us falls away, with a transport that is not the usual one.
      changeURI { !$0.hasPrefix("maddr=") && $0 != "transport=tcp" }
    }
    follow(facts)
    takeLength()
  }

  /// Step 8: our Via stands on top.
  private mutating func takeOwnVia() {
    let value = seen.fields.first?.name == "Via" ? seen.fields.removeFirst().value ?? "" : ""
    let isOurs = ["UDP", "TCP"].contains { transport in
      Crossing.listeners.contains { value.hasPrefix("SIP/2.0/\(transport) \($0);branch=z9hG4bK") }
    }
    expect(isOurs, "the top Via is \(value)")
  }

  /// Step 4: our Record-Route values stand right behind it.
  private mutating func takeRecordRoutes(_ count: Int) {
    for _ in 0..<count {
      let field = seen.fields.isEmpty ? nil : seen.fields.removeFirst()
      let value = field?.name == "Record-Route" ? field?.value ?? "" : ""
      let isOurs = Crossing.listeners.contains { place in
        value.hasPrefix("<sip:")
          && (value.hasSuffix("@\(place);lr>") || value.hasSuffix("@\(place);transport=tcp;lr>"))
      }
      expect(isOurs, "no Record-Route of ours, but \(value)")
    }
  }

  /// RFC 3261 §18.2.1, RFC 3581 §4: what the Via that came says of its source.
  private mutating func stamp(_ source: Endpoint) {
    guard let place = expected.place(of: "Via"), let other = seen.place(of: "Via") else { return }
    let came = ViaValue(expected.fields[place].value ?? "")
    let goes = ViaValue(seen.fields[other].value ?? "")
    expect(came.rest == goes.rest, "the Via that came: \(came.rest) became \(goes.rest)")
    let isNeeded =
      came.rport != nil || came.received != nil || came.host != text(bare: source.address)
    if let received = goes.received {
      let address = received.filter { $0 != "[" && $0 != "]" }
      expect(address == text(bare: source.address), "received is \(received)")
    } else {
      expect(!isNeeded, "received is missing")
    }
    let port = came.rport == nil ? nil : "\(source.port)"
    expect(goes.rport == port, "rport is \(goes.rport ?? "missing")")
    seen.fields[other] = expected.fields[place]
  }

  /// A number that is counted down, or put in on top.
  private mutating func count(
    _ name: String, without absent: String, _ next: (Int) -> String
  ) {
    if let place = expected.place(of: name) {
      let value = Int((expected.fields[place].value ?? "").filter(\.isNumber)) ?? 0
      expected.fields[place].value = next(value)
    } else if let place = seen.place(of: name) {
      let field = seen.fields.remove(at: place)
      expect(field.value == absent, "\(name) is \(field.value ?? "")")
    } else {
      differ("\(name) is missing")
    }
  }

  /// Steps 4 and 6 of §16.4 and §16.6: our own Route values go, and a strict router gets its own.
  private mutating func follow(_ facts: Pair.Facts) {
    for _ in 0..<facts.ownRoutes {
      guard let place = expected.place(of: "Route") else { return differ("a Route is missing") }
      expected.fields.remove(at: place)
    }
    // A strict router before us left the target behind all others; one after us wants it there.
    if facts.isMended, !facts.isStrict, let last = expected.lastPlace(of: "Route") {
      lead(to: expected.fields.remove(at: last).value)
    }
    guard facts.isStrict, let place = expected.place(of: "Route") else { return }
    let target = expected.startLine.split(separator: " ").dropFirst().first ?? ""
    lead(to: expected.fields.remove(at: place).value)
    if !facts.isMended {
      expected.fields.append(Dump.Field(name: "Route", value: "<\(target)>"))
    }
  }

  /// Step 2: the URI of this address becomes the Request-URI, without headers and `method`, which
  /// none may have (§19.1.1).
  private mutating func lead(to address: String?) {
    var words = expected.startLine.split(separator: " ").map(String.init)
    guard let address, words.count == 3 else { return differ("there is no target") }
    words[1] = uri(of: address)
    expected.startLine = words.joined(separator: " ")
    changeURI { !$0.hasPrefix("method=") }
  }

  /// Takes headers off the Request-URI, and the parameters that are not kept.
  private mutating func changeURI(_ keeps: (String) -> Bool) {
    var words = expected.startLine.split(separator: " ").map(String.init)
    guard words.count == 3 else { return differ("the start line is \(expected.startLine)") }
    let uri = words[1]
    let place = uri.lastIndex(of: "@") ?? uri.startIndex
    let parts = uri[place...].prefix { $0 != "?" }.split(separator: ";")
    words[1] = uri[..<place] + parts.filter { keeps($0.lowercased()) }.joined(separator: ";")
    expected.startLine = words.joined(separator: " ")
  }

  /// What stands between the angle brackets behind the display name.
  private func uri(of route: String) -> String {
    let outside = route.hasPrefix("\"") ? route.dropQuoted() : route[...]
    return String(outside.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" })
  }

  /// RFC 3261 §18.3: over a stream the length is said, though it was not in the datagram.
  private mutating func takeLength() {
    guard expected.place(of: "Content-Length") == nil,
      let place = seen.place(of: "Content-Length")
    else { return }
    let length = seen.fields.remove(at: place).value
    let body = seen.body.split(separator: " ").first.map(String.init) ?? "0"
    expect(length == body, "Content-Length is \(length ?? "")")
  }

  // MARK: Responses (RFC 3261 §16.7)

  private mutating func responseWay() {
    if let place = expected.place(of: "Via") { expected.fields.remove(at: place) }
    takeLength()
  }

  // MARK: What is our own

  /// RFC 3261 §8.2.6.2: the values that an answer repeats.
  private mutating func answer(_ facts: Pair.Facts) {
    let repeated: Set<String> = ["Via", "From", "To", "Call-ID", "CSeq"]
    expected.fields.removeAll { !repeated.contains($0.name) }
    seen.fields.removeAll { !repeated.contains($0.name) }
    (expected.startLine, expected.body) = (seen.startLine, "")
    stamp(facts.source)
    // Each stands in the place that we give it; of one name the order counts.
    expected.fields = expected.inOrder(of: repeated)
    seen.fields = seen.inOrder(of: repeated)
    guard let to = expected.place(of: "To"), let other = seen.place(of: "To"),
      let tagged = seen.fields[other].value, let value = expected.fields[to].value
    else { return }
    if tagged.hasPrefix(value + ";tag=") { seen.fields[other].value = value }
  }

  /// RFC 3261 §9.1, §17.1.1.3: a CANCEL or ACK for the hop that the INVITE went to.
  private mutating func own(_ method: String, to response: Dump) {
    let copied: Set<String> = ["Via", "From", "To", "Call-ID", "CSeq", "Route"]
    let first = expected.place(of: "Via")
    expected.fields = expected.fields.enumerated().filter { place, field in
      copied.contains(field.name) && (field.name != "Via" || place == first)
    }.map(\.element)
    if let to = expected.place(of: "To"), let other = response.place(of: "To") {
      expected.fields[to] = response.fields[other]
    }
    if let place = expected.place(of: "CSeq"), let value = expected.fields[place].value {
      expected.fields[place].value = value.prefix { $0 != " " } + " " + method
    }
    expected.startLine = method + expected.startLine.drop { $0 != " " }
    expected.body = ""
    for (name, value) in [("Max-Forwards", "70"), ("Content-Length", "0")] {
      expected.fields.append(Dump.Field(name: name, value: value))
    }
    let all = copied.union(["Max-Forwards", "Content-Length"])
    expected.fields = expected.inOrder(of: all)
    let others = seen.fields.filter { !all.contains($0.name) }
    expect(others.isEmpty, "\(method) has \(others)")
    seen.fields = seen.inOrder(of: all)
  }
}

extension Dump {
  /// The place of the first header of a name.
  func place(of name: String) -> Int? {
    fields.firstIndex { $0.name.lowercased() == name.lowercased() }
  }

  /// The place of the last one.
  func lastPlace(of name: String) -> Int? {
    fields.lastIndex { $0.name.lowercased() == name.lowercased() }
  }

  /// The value of the first one.
  func value(of name: String) -> String? { place(of: name).flatMap { fields[$0].value } }

  /// The headers of these names, one name after the other.
  func inOrder(of names: Set<String>) -> [Field] {
    names.sorted().flatMap { name in fields.filter { $0.name == name } }
  }
}
