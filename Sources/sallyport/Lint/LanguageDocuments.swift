import Policy

/// A rule of the lint, as JSON for programs.
struct RuleDocument: Encodable {
  struct Page: Encodable {
    var text: String
    var remedy: String
    /// A policy that it finds something in, and one like it that it does not.
    var bad: String
    var good: String
  }

  var name: String
  var severity: String
  var summary: String
  /// `nil` in a list of rules.
  var page: Page?

  init(_ rule: Rule, withPage: Bool) {
    name = rule.name
    severity = "\(rule.severity)"
    summary = rule.summary
    guard withPage else { return }
    page = Page(
      text: rule.page.text, remedy: rule.page.remedy, bad: rule.page.bad.shown,
      good: rule.page.good.shown)
  }
}

/// What is in force for a peer of a policy, as JSON for programs.
struct EffectiveDocument: Encodable {
  struct Setting: Encodable {
    var section: String
    var key: String
    var value: String
    /// `file:line:column`; `nil` for what is built in.
    var place: String?
  }

  var policy: String
  var peer: String
  var settings: [Setting]

  init(_ settings: [EffectiveSetting], of peer: String, in path: String, _ snapshot: Snapshot) {
    policy = path
    self.peer = peer
    self.settings = settings.map { setting in
      let place: String? =
        switch setting.origin {
        case .builtIn: nil
        case .policy(let place): snapshot.places.text(place)
        }
      return Setting(section: setting.section, key: setting.key, value: setting.value, place: place)
    }
  }
}
