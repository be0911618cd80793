/// A request that two policies are asked about: it can be put to `explain` and to `test` as it is.
package struct Witness: Hashable, Sendable, Encodable {
  /// Its short form: `INVITE sip:+4930@example.com`.
  package var request: String
  /// Where it comes from: an address and a port.
  package var from: String
  /// The name of the listener that it comes to.
  package var listener: String
  /// Headers in place of the usual ones, each `Name: value`; without a value it is left out.
  package var headers: [String] = []
  /// Its body; `nil` for none.
  package var body: String?
  /// When; `nil` where no policy asks for it.
  package var at: String?
  /// The call that it is sent within, where it is. Then `from`, `listener` and `at` are those of
  /// the request that began it, and both policies set it up, each for itself.
  package var call: Call?

  /// A call that was answered.
  package struct Call: Hashable, Sendable, Encodable {
    /// The short form of the request that began it.
    package var request: String
    /// Its headers, as those of a witness.
    package var headers: [String]
    /// Who of the two sends the request within it: `caller` or `callee`.
    package var side: String
  }

  /// Whether it is of one who lost the route set of its call.
  var isWithoutRouteSet: Bool { call != nil && headers == ["Route:"] }

  /// Whether it has a header by which it can be taken for one that came before.
  var isPeculiar: Bool {
    headers.contains { ["via", "call-id"].contains($0.prefix { $0 != ":" }.lowercased()) }
  }

  /// Its short form.
  func sketch() throws(Complaint) -> Sketch {
    var sketch = try Sketch(request, headers)
    sketch.body = Array((body ?? "").utf8)
    return sketch
  }

  /// What follows `sallyport explain POLICY`.
  package var arguments: String {
    var words = ["\"\(request)\"", "--from", from, "--to", listener]
    for header in headers { words += ["--header", "'\(header)'"] }
    if let body { words += ["--body", body] }
    if let at { words += ["--at", at] }
    return words.joined(separator: " ")
  }

  /// A case of a test file, without what is expected.
  package var testCase: String {
    let origin = ["from: \(Self.quoted(from))", "listener: \(listener)"]
    let time = at.map { ["at: \(Self.quoted($0))"] } ?? []
    guard let call else {
      let content = body.map { ["body: \(Self.quoted($0))"] } ?? []
      let keys =
        ["request: \(Self.quoted(request))"] + origin + Self.keys(headers) + content + time
      return "{ \(keys.joined(separator: ", ")) }"
    }
    let first =
      ["request: \(Self.quoted(call.request))"] + origin + Self.keys(call.headers) + time
      + ["replies: 200"]
    let keys =
      ["after: [{ \(first.joined(separator: ", ")) }]", "within: \(call.side)"]
      + ["request: \(Self.quoted(request))"] + Self.keys(headers)
    return "{ \(keys.joined(separator: ", ")) }"
  }

  /// The headers as one key; none where there are none.
  private static func keys(_ headers: [String]) -> [String] {
    var named: [(name: String, values: [String])] = []
    for header in headers {
      let parts = header.split(separator: ":", maxSplits: 1).map { String($0).stripped }
      let value = parts.count > 1 ? parts[1] : ""
      if let place = named.firstIndex(where: { $0.name == parts[0] }) {
        named[place].values.append(value)
      } else {
        named.append((parts[0], [value]))
      }
    }
    let texts = named.map { name, values in
      let own = values.filter { !$0.isEmpty }.map(quoted).joined(separator: ", ")
      return "\(quoted(name)): \(own.isEmpty ? "~" : values.count > 1 ? "[\(own)]" : own)"
    }
    return texts.isEmpty ? [] : ["headers: { \(texts.joined(separator: ", ")) }"]
  }

  private static func quoted(_ text: String) -> String {
    "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
  }
}
