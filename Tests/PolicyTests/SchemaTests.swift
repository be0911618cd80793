import Foundation
import Testing

@testable import Policy

@Suite("The JSON Schema of policies")
struct SchemaTests {
  private let schema: [String: Any]

  init() throws {
    let object = try JSONSerialization.jsonObject(with: Data(Schema.text.utf8))
    schema = try #require(object as? [String: Any])
  }

  @Test("Policies/schema.json is what `sallyport schema` prints")
  func shipped() throws {
    let text = try String(contentsOfFile: Sample.shipped("schema.json"), encoding: .utf8)
    #expect(
      text == Schema.text, "write it with: .build/release/sallyport schema > Policies/schema.json")
  }

  /// What does not hold of a text, by the schema.
  private func faults(_ text: String) -> [String] {
    var findings = Findings(file: "p")
    guard let root = Gathering.gather(Array(text.utf8), .memory([:]), into: &findings) else {
      return ["not YAML"]
    }
    return Validator(root: schema).faults(root, schema, "policy")
  }

  @Test("policies that load hold")
  func right() throws {
    var texts = [Sample.right, BindingTests.text, EffectiveTests.text]
    let folder = Sample.root.appending(path: "Policies").path
    for name in try FileManager.default.contentsOfDirectory(atPath: folder)
    where name.hasSuffix(".yaml") && !name.hasSuffix(".test.yaml") {
      texts.append(try String(contentsOfFile: Sample.shipped(name), encoding: .utf8))
    }
    for text in texts { #expect(faults(text) == []) }
  }

  @Test(
    "values that the loader takes, and those that it does not",
    arguments: [
      ("name: one, user-prefix: 112", true), ("name: one, user-prefix: \"4 9\"", false),
      ("name: 7, user-pattern: [\"+49X{3,8}\", N., \"[.]!\", \"*#[2-5]\"]", true),
      ("name: one, user-pattern: a b", false), ("name: one, user-pattern: \"X{2}1\"", true),
      ("name: one, time: { days: [mon, sat-mon], between: 22:00-06:00, zone: -05:30 }", true),
      ("name: one, time: { days: monday }", false), ("name: one, time: { zone: UTC }", false),
      ("name: one, time: [{ between: 00:00-24:00 }]", true),
      ("name: one, time: { between: 00:00-24:01 }", false),
      ("name: one, header: { name: Subject, is: absent }", true),
      ("name: one, header: [{ name: X-1, contains: [1, a b], value: first }]", true),
      ("name: one, header: { name: Subject }", false),
      ("name: one, header: { name: Subject, is: absent, equals: x }", false),
      ("name: one, header: { name: Subject, equals: \" \" }", false),
      ("name: one, header: []", false), ("name: one, caller: {}", false),
      ("name: one, caller: { domain: [a.example, \"2001:db8::1\"] }", true),
      ("name: one, caller: { scheme: sip }", false), ("method: INVITE", false),
      ("name: one, method: [INVITE, other]", true), ("name: one, method: invite", false),
      ("name: one, timeout: 5", false), ("name: one, timeout: 500ms", true),
      ("name: one, failover: [503, 480]", true), ("name: one, failover: [200]", false),
      ("name: one, mode: observe", true), ("name: one, colour: red", false),
    ])
  func values(route: String, isRight: Bool) {
    let text = Sample.with(line: 9, "  - { to: right, \(route) }")
    #expect(Sample.findings(text).isEmpty == isRight, "\(Sample.findings(text))")
    #expect(faults(text).isEmpty == isRight, "\(faults(text))")
  }

  @Test("what the loader refuses by its tables alone does not hold")
  func wrong() {
    let all = FindingTests.values + FindingTests.listeners.prefix(2)
    for wrong in all where !wrong.text.contains("drain: 2d") {
      #expect(!faults(Sample.with(line: wrong.line, wrong.text)).isEmpty, "\(wrong.text)")
    }
    #expect(!faults("version: 1").isEmpty && !faults("version: 2\nlisteners: []").isEmpty)
    #expect(faults("version: 1\nlisteners: []").isEmpty)
  }

  @Test("every key that has landed is there with its line, and no other")
  func everyKey() throws {
    let definitions = try #require(schema["$defs"] as? [String: [String: Any]])
    for (name, definition) in definitions {
      #expect(definition["additionalProperties"] as? Bool == false)
      let properties = try #require(definition["properties"] as? [String: [String: Any]])
      for (key, property) in properties {
        let description = try #require(property["description"] as? String)
        #expect(!description.isEmpty && !description.contains("\n"), "\(name).\(key)")
      }
    }
    let peer = try #require(definitions["peer"]?["properties"] as? [String: Any])
    #expect(Set(peer.keys) == Set(Table.peer.keys.filter { $0.shape != nil }.map(\.name)))
    #expect(definitions["policy"]?["required"] == nil)
    #expect(schema["required"] as? [String] == ["version", "listeners"])
  }
}

/// As much of JSON Schema as the schema of policies uses; any other word is a fault of its own.
private struct Validator {
  let root: [String: Any]

  func faults(_ node: Node, _ schema: [String: Any], _ name: String) -> [String] {
    schema.flatMap { word, value -> [String] in
      switch word {
      case "$schema", "$comment", "$defs", "title", "description": []
      case "$ref": faults(node, definition(value), name)
      case "type": hasType(node, value) ? [] : ["\(name) is no \(value)"]
      case "enum": (value as? [String] ?? []).contains(node.scalar ?? "") ? [] : ["\(name): enum"]
      case "pattern": matches(node, value) ? [] : ["\(name): \(value)"]
      case "maxLength": (node.scalar?.count ?? 0) <= value as? Int ?? 0 ? [] : ["\(name): long"]
      case "minimum": (number(node) ?? .max) >= value as? Int ?? .max ? [] : ["\(name): small"]
      case "maximum": (number(node) ?? .min) <= value as? Int ?? .min ? [] : ["\(name): big"]
      case "minItems": isList(node) && node.items.isEmpty ? ["\(name) is empty"] : []
      case "items": isList(node) ? node.items.flatMap { faults($0, object(value), name) } : []
      case "required": missing(node, value).map { "\(name) needs \($0)" }
      case "properties": properties(node, object(value))
      case "additionalProperties": strangers(node, schema).map { "\(name) has \($0)" }
      case "oneOf": held(node, value, name) == 1 ? [] : ["\(name): oneOf"]
      case "anyOf": held(node, value, name) > 0 ? [] : ["\(name): anyOf"]
      default: ["the schema says \(word)"]
      }
    }
  }

  private func object(_ value: Any) -> [String: Any] { value as? [String: Any] ?? ["?": 0] }

  private func definition(_ reference: Any) -> [String: Any] {
    let name = (reference as? String)?.split(separator: "/").last.map(String.init) ?? ""
    return object(object(root["$defs"] as Any)[name] as Any)
  }

  private func isList(_ node: Node) -> Bool {
    if case .list = node.content { true } else { false }
  }

  private func number(_ node: Node) -> Int? { node.scalar.flatMap(Int.init) }

  private func hasType(_ node: Node, _ value: Any) -> Bool {
    let types = value as? [String] ?? [value as? String ?? ""]
    return types.contains { type in
      switch (type, node.content) {
      case ("object", .mapping), ("array", .list): true
      case ("integer", .scalar), ("number", .scalar): number(node) != nil
      case ("string", .scalar): number(node) == nil
      default: false
      }
    }
  }

  /// Of numbers a pattern asks nothing.
  private func matches(_ node: Node, _ pattern: Any) -> Bool {
    guard let text = node.scalar, number(node) == nil, let pattern = pattern as? String else {
      return true
    }
    return text.range(of: pattern, options: .regularExpression) != nil
  }

  private func missing(_ node: Node, _ keys: Any) -> [String] {
    guard case .mapping = node.content else { return [] }
    return (keys as? [String] ?? ["?"]).filter { node[$0] == nil }
  }

  private func properties(_ node: Node, _ properties: [String: Any]) -> [String] {
    node.entries.flatMap { entry in
      properties[entry.key].map { faults(entry.value, object($0), entry.key) } ?? []
    }
  }

  private func strangers(_ node: Node, _ schema: [String: Any]) -> [String] {
    let known = object(schema["properties"] as Any)
    return node.entries.map(\.key).filter { known[$0] == nil }
  }

  private func held(_ node: Node, _ choices: Any, _ name: String) -> Int {
    (choices as? [[String: Any]] ?? []).count { faults(node, $0, name).isEmpty }
  }
}
