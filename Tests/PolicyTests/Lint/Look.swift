import Policy

/// What one rule finds in a policy that is made of a few lines.
enum Look {
  static let listeners = """
    version: 1
    listeners:
      - { name: u4, transport: udp, address: "192.0.2.10:5060" }
      - { name: t4, transport: tcp, address: "192.0.2.10:5060" }
      - { name: u6, transport: udp, address: "[2001:db8::10]:5060" }

    """

  /// - Parameter text: what follows the listeners.
  /// - Returns: `severity: message` of each finding; errors of any rule too.
  static func at(_ text: String, by rule: String, after start: String = listeners) -> [String] {
    let findings: [Finding]
    do throws(Rejection) {
      findings = try Snapshot.load(text: start + text, name: "p", cores: 2).remarks
    } catch {
      findings = error.findings
    }
    return findings.filter { $0.rule.name == rule || $0.severity == .error }
      .map { "\($0.severity): \($0.message)" }
  }
}
