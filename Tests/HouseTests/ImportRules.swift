/// Which target may import what. The targets stand in the order in which a message meets them, and
/// a target imports only such as stand above it.
enum Imports {
  struct Row {
    let target: String
    let allowed: Set<String>

    init(_ target: String, _ allowed: String) {
      self.target = target
      self.allowed = Set(allowed.split(separator: " ").map(String.init))
    }
  }

  /// What every target may import: containers, and the standard library's own modules.
  static let everywhere: Set<String> = ["BasicContainers"]

  static let table: [Row] = [
    Row("CLinux", ""),
    Row("COpenSSL", ""),
    Row("CPcap", ""),
    Row("Basics", "Synchronization"),
    Row("Platform", "CLinux Basics Glibc Synchronization"),
    Row("Cryptography", "COpenSSL Basics"),
    Row("SIP", "Basics"),
    Row("SDP", "Basics"),
    Row("Transactions", "Basics SIP"),
    Row("Dialogs", "Basics SIP Transactions"),
    Row("Admission", "Basics SIP Synchronization"),
    Row("Authentication", "Basics SIP Cryptography Admission Synchronization"),
    Row("Identity", "Basics SIP Cryptography Admission Authentication"),
    Row("Routing", "Basics SIP Cryptography Admission Authentication Identity"),
    Row("Topology", "\(stages) Routing Dialogs Transactions"),
    Row("Media", "\(stages) SDP Routing"),
    Row("Border", "\(stages) SDP Transactions Dialogs Routing Topology Media Synchronization"),
    Row("Policy", "\(stages) SDP Routing Topology Media Border Yams Foundation"),
    Row("Torture", "\(stages) Routing Border Policy Foundation"),
    Row("Capture", "CPcap Basics"),
    Row("TorturePlay", "Basics Platform SIP Torture Capture"),
    Row(
      "sallyport",
      "\(all) Glibc Synchronization Foundation ArgumentParser Logging Yams "
        + "FlyingFox FlyingSocks"),
  ]

  private static let stages = "Basics SIP Cryptography Admission Authentication Identity"
  private static let all =
    "\(stages) Platform SDP Transactions Dialogs Routing Topology Media Border Policy "
    + "Torture Capture TorturePlay CLinux"

  static let asInTheTable = Rule(name: "a target imports only what its row allows") { text in
    guard let target = text.target else { return [] }
    guard let row = table.first(where: { $0.target == target }) else {
      return [text.finding(1, "the target \(target) has no row in the table of imports")]
    }
    return text.imports().filter { !row.allowed.union(everywhere).contains($0.module) }
      .map { text.finding($0.line, "\(target) may not import \($0.module)") }
  }
}

extension SourceText {
  private static let kinds: Set<String> = [
    "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
  ]

  /// The modules that a Swift text imports, submodules by their first name.
  func imports() -> [(module: String, line: Int)] {
    guard path.hasSuffix(".swift") else { return [] }
    return words.indices.compactMap { index in
      guard words[index].text == "import", index + 1 < words.count else { return nil }
      let place = Self.kinds.contains(words[index + 1].text) ? index + 2 : index + 1
      guard place < words.count else { return nil }
      return (words[place].text, words[index].line)
    }
  }
}
