import Admission
import Border
import Routing

/// A setting of a stage as it is in force for a peer, and where it comes from.
package struct EffectiveSetting: Hashable, Sendable {
  /// Who says so.
  package enum Origin: Hashable, Sendable {
    /// The policy says nothing of it.
    case builtIn
    case policy(Place)
  }

  /// The section, or `routes.NAME` for what holds for the requests that a route takes.
  package let section: String
  /// The setting within it.
  package let key: String
  /// As the policy writes it; for what is built in, in words.
  package let value: String
  /// Where it was written, if it was.
  package let origin: Origin
}

extension Snapshot {
  /// All settings of stages as they are in force for a peer: those that it overrides, those of the
  /// sections, and what is built in; then those of the routes that are for its requests or lead to
  /// it.
  /// - Returns: `nil` where the policy has no such peer.
  package func effective(peer name: String) -> [EffectiveSetting]? {
    guard let peer = tree.all("peers").first(where: { $0.word("name") == name }) else { return nil }
    var settings = Section.all.flatMap { section in
      section.table.keys.compactMap { key in
        setting(key, section.name, tree.inForce(section, key.name, peer: peer))
      }
    }
    for route in tree.all("routes") {
      let leadsHere = route.words("to").contains(name) || hasRow(route, peer: name)
      guard leadsHere || route["from"] == nil || route.words("from").contains(name) else {
        continue
      }
      settings += self.settings(of: route, peer: leadsHere ? peer : nil)
    }
    return settings
  }

  /// Whether a route has a table in which a row leads to this peer.
  private func hasRow(_ route: Node, peer name: String) -> Bool {
    guard route["table"] != nil, let title = route.word("name") else { return false }
    let rules = configuration.routing
    return rules.routes.contains { row in
      (row.name == title || row.name.hasPrefix("\(title)."))
        && rules.targets[row.targets].contains { peers.names[Int($0.peer.raw)] == name }
    }
  }

  private func settings(of route: Node, peer: Node?) -> [EffectiveSetting] {
    let title = "routes.\(route.word("name") ?? "")"
    let overridden = Section.all.flatMap { section in
      section.keys(of: .route).compactMap { key in
        setting(
          section.table[key.name] ?? key, title,
          tree.inForce(section, key.name, route: route, peer: peer))
      }
    }
    let own = Table.route["mode"].flatMap { setting($0, title, route["mode"]) }
    return (own.map { [$0] } ?? []) + overridden
  }

  private func setting(
    _ key: Key, _ title: String, _ said: Node?
  ) -> EffectiveSetting? {
    guard key.shape != nil else { return nil }
    return EffectiveSetting(
      section: title, key: key.name, value: said?.written ?? key.builtIn ?? "none",
      origin: said.map { .policy($0.place) } ?? .builtIn)
  }

  /// "; did you mean `x`?" for the name of a peer that the policy does not have, or nothing.
  package func question(peer name: String) -> String {
    Spelling.question(name, of: tree.all("peers").compactMap { $0.word("name") })
  }

  /// `effective(peer:)` as a table for a terminal: one block for each section, and behind each
  /// value the place that it comes from.
  package func effectiveText(peer name: String) -> String? {
    guard let settings = effective(peer: name) else { return nil }
    let keys = settings.map(\.key.count).max() ?? 0
    let values = settings.map(\.value.count).max() ?? 0
    var lines = ["peer \(name)"]
    var section = ""
    for setting in settings {
      if setting.section != section {
        section = setting.section
        lines.append("  \(section)")
      }
      let origin =
        switch setting.origin {
        case .builtIn: "built in"
        case .policy(let place): places.text(place)
        }
      let key = setting.key.padded(to: keys)
      lines.append("    \(key)  \(setting.value.padded(to: values))  \(origin)")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension Node {
  /// On one line, as a policy could write it.
  var written: String {
    switch content {
    case .nothing: ""
    case .scalar(let text): text
    case .list(let items): "[\(items.map(\.written).joined(separator: ", "))]"
    case .mapping(let entries):
      "{ \(entries.map { "\($0.key): \($0.value.written)" }.joined(separator: ", ")) }"
    }
  }
}
