import Foundation
import Policy

/// What was found, as the Static Analysis Results Interchange Format 2.1.0 (OASIS), which forges
/// and editors read.
struct SARIF: Encodable {
  struct Text: Encodable {
    var text: String
  }

  struct Descriptor: Encodable {
    struct Configuration: Encodable {
      var level: String
    }

    var id: String
    var shortDescription: Text
    var fullDescription: Text
    var help: Text
    var defaultConfiguration: Configuration
  }

  struct Driver: Encodable {
    var name = "sallyport lint"
    var version = Version.text
    var rules: [Descriptor]
  }

  struct Tool: Encodable {
    var driver: Driver
  }

  struct Region: Encodable {
    var startLine: Int
    var startColumn: Int
  }

  struct Artifact: Encodable {
    var uri: String
  }

  struct PhysicalLocation: Encodable {
    var artifactLocation: Artifact
    var region: Region?
  }

  struct Location: Encodable {
    var physicalLocation: PhysicalLocation
  }

  struct Result: Encodable {
    var ruleId: String
    var ruleIndex: Int
    var level: String
    var message: Text
    var locations: [Location]
  }

  struct Run: Encodable {
    var tool: Tool
    var columnKind = "unicodeCodePoints"
    var results: [Result]
  }

  enum CodingKeys: String, CodingKey {
    case schema = "$schema"
    case version, runs
  }

  var schema = "https://json.schemastore.org/sarif-2.1.0.json"
  var version = "2.1.0"
  var runs: [Run]

  init(_ inspection: Inspection) {
    let rules = Rule.all
    let numbers = Dictionary(
      rules.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { one, _ in one })
    let results = inspection.findings.map { finding in
      Result(
        ruleId: finding.rule.name, ruleIndex: numbers[finding.rule.name] ?? -1,
        level: "\(finding.severity)", message: Text(text: finding.message),
        locations: [Location(physicalLocation: Self.place(finding))])
    }
    let driver = Driver(rules: rules.map(Self.descriptor))
    runs = [Run(tool: Tool(driver: driver), results: results)]
  }

  private static func descriptor(_ rule: Rule) -> Descriptor {
    Descriptor(
      id: rule.name, shortDescription: Text(text: rule.summary),
      fullDescription: Text(text: rule.page.text),
      help: Text(text: rule.explanation),
      defaultConfiguration: Descriptor.Configuration(level: "\(rule.severity)"))
  }

  private static func place(_ finding: Finding) -> PhysicalLocation {
    PhysicalLocation(
      artifactLocation: Artifact(uri: uri(finding.file)),
      region: finding.place.map { Region(startLine: $0.line, startColumn: $0.column) })
  }

  /// A path as the URI that it is, relative where the path is.
  static func uri(_ path: String) -> String {
    let kept = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: ":;"))
    let escaped = path.addingPercentEncoding(withAllowedCharacters: kept) ?? path
    return path.hasPrefix("/") ? "file://\(escaped)" : escaped
  }
}
