import Basics

/// A setting that differs and that no verdict of one request shows: of timers, limits, the log.
package struct SettingChange: Hashable, Sendable, Encodable {
  /// The keys that lead to it; a listener stands there by its name.
  package var path: String
  /// What was in force, as the policy writes it, or what is built in.
  package var old: String
  /// What is in force now.
  package var new: String
  /// Where it was written; `nil` where it was not.
  package var oldPlace: String?
  /// Where it is written now; `nil` where it is not.
  package var newPlace: String?
}

extension SettingChange {
  /// What requests show, or what their ways show, is told by them.
  private static let shown: Set<String> = [
    "admission.methods", "admission.mode", "routing.redirects", "routing.failover",
    "routing.timeout", "routing.resolve", "routing.no-route", "element.names",
  ]

  private struct Setting {
    var text: String
    /// The same for all ways to write it.
    var value: String
    var place: String?
  }

  /// All that differ, in the order of their keys.
  static func all(_ old: Snapshot, _ new: Snapshot) -> [SettingChange] {
    let before = settings(of: old)
    let after = settings(of: new)
    var changes: [SettingChange] = []
    for path in Set(before.keys).union(after.keys).sorted() {
      let (one, other) = (before[path], after[path])
      guard one?.value != other?.value else { continue }
      changes.append(
        SettingChange(
          path: path, old: one?.text ?? "none", new: other?.text ?? "none",
          oldPlace: one?.place, newPlace: other?.place))
    }
    return changes + ofPeers(old, new)
  }

  /// What peers that both policies have say of themselves.
  private static func ofPeers(_ old: Snapshot, _ new: Snapshot) -> [SettingChange] {
    var now: [String: Node] = [:]
    for node in new.tree.all("peers") { if let name = node.word("name") { now[name] = node } }
    return old.tree.all("peers").flatMap { before -> [SettingChange] in
      guard let name = before.word("name"), let after = now[name] else { return [] }
      return Section.all.flatMap { section in
        section.table.keys.compactMap { key in
          guard let override = key.overrides.first(where: { $0.level == .peer }),
            case let own = override.name ?? key.name,
            !shown.contains("\(section.name).\(key.name)"),
            before[own] != nil || after[own] != nil
          else { return nil }
          let change = (
            setting(key, old.tree.inForce(section, key.name, peer: before), old),
            setting(key, new.tree.inForce(section, key.name, peer: after), new)
          )
          guard change.0.value != change.1.value else { return nil }
          return SettingChange(
            path: "peers.\(name).\(own)", old: change.0.text, new: change.1.text,
            oldPlace: change.0.place, newPlace: change.1.place)
        }
      }
    }
  }

  private static func setting(_ key: Key, _ said: Node?, _ snapshot: Snapshot) -> Setting {
    let text = said?.written ?? key.builtIn ?? "none"
    return Setting(
      text: text, value: key.shape.map { value(said, text, $0) } ?? text,
      place: said.map { snapshot.places.text($0.place) })
  }

  private static func settings(of snapshot: Snapshot) -> [String: Setting] {
    var found: [String: Setting] = [:]
    func gather(_ table: Table, _ node: Node?, _ path: String) {
      for key in table.keys {
        let own = "\(path).\(key.name)"
        guard let shape = key.shape, !shown.contains(own) else { continue }
        if case .table(let inner) = shape {
          gather(inner, node?[key.name], own)
          continue
        }
        let written = node?[key.name]
        guard let text = written?.written ?? key.builtIn else { continue }
        found[own] = Setting(
          text: text, value: value(written, text, shape),
          place: written.map { snapshot.places.text($0.place) })
      }
    }
    gather(.element, snapshot.tree["element"], "element")
    for listener in snapshot.tree.all("listeners") {
      gather(.listener, listener, "listeners.\(listener.word("name") ?? "")")
    }
    for section in Section.all {
      gather(section.table, snapshot.tree[section.name], section.name)
    }
    return found
  }

  /// Two ways to write one length of time or one number of octets are one value.
  private static func value(_ node: Node?, _ text: String, _ shape: Shape) -> String {
    switch shape {
    case .interval:
      let all = Interval(nanoseconds: 0)...Interval(nanoseconds: .max)
      return (try? Units.interval(text, in: all)).map { "\($0.nanoseconds)" } ?? text
    case .size: return (try? Units.size(text, in: 0 ... .max)).map { "\($0)" } ?? text
    case .count: return Int(text).map { "\($0)" } ?? text
    case .list, .oneOrMore:
      return (node?.items.map { $0.written }.sorted() ?? [text]).joined(separator: " ")
    case .host, .hostName, .hostPort, .endpoint, .loopback: return text.lowercased()
    default: return text
    }
  }
}
