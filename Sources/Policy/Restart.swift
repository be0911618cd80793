import Basics
import Border

/// A setting that is read once, when the element starts. What is not here changes with a reload.
package struct RestartOnly: Sendable {
  /// The keys that lead to it: `element.limits.calls`, `listeners.address`.
  package let path: String
  /// What it comes to, as a policy would write it; `nil` for what is left to the element.
  private let value: @Sendable (Settings) -> String?

  private init(_ path: String, _ value: @escaping @Sendable (Settings) -> String?) {
    self.path = path
    self.value = value
  }

  /// All settings of the element that a reload refuses to change.
  static let ofElement: [RestartOnly] = [
    RestartOnly("element.name") { $0.name },
    RestartOnly("element.workers") { "\($0.workers)" },
    RestartOnly("element.batching") { Units.text($0.batching) },
    RestartOnly("element.control") { $0.control },
    RestartOnly("element.admin") { $0.admin?.text },
    RestartOnly("admission.reverse-path") { $0.checksReversePath ? "strict" : "off" },
    RestartOnly("element.limits.calls") { $0.tables.calls.map { "\($0)" } },
    RestartOnly("element.limits.transactions") { $0.tables.transactions.map { "\($0)" } },
    RestartOnly("element.limits.kept-messages") { $0.tables.keptMessages.map(Units.text) },
    RestartOnly("element.limits.source-table") { $0.tables.sources.map(Units.text) },
    RestartOnly("element.limits.tcp-connections") { $0.streams.connections.map { "\($0)" } },
    RestartOnly("element.limits.tcp-connections-per-source") {
      $0.streams.connectionsPerSource.map { "\($0)" }
    },
    RestartOnly("element.limits.tcp-waiting") { $0.streams.waiting.map(Units.text) },
    RestartOnly("element.limits.tcp-idle") { $0.streams.idle.map(Units.text) },
    RestartOnly("element.limits.tcp-unfinished") { $0.streams.unfinished.map(Units.text) },
  ]

  /// What a reload refuses to change of each listener, besides which there are and their order.
  static let ofListener = ["name", "transport", "address", "advertise"]

  /// The keys of all of them.
  package static let paths =
    ofElement.map(\.path) + ofListener.map { "listeners.\($0)" }

  /// What is to be said of a change, or `nil` where there is none.
  fileprivate func change(_ old: Settings, _ new: Settings) -> String? {
    Self.change(path.split(separator: ".").last.map(String.init) ?? path, value(old), value(new))
  }

  fileprivate static func change(_ key: String, _ old: String?, _ new: String?) -> String? {
    guard old != new else { return nil }
    let now = new.map { "is `\($0.shortened)`" } ?? "is not set"
    let running = old.map { "with `\($0.shortened)`" } ?? "without it"
    return "`\(key)` \(now), and the element runs \(running); only a restart can change it"
  }
}

extension Snapshot {
  /// What a policy that is to come after this one would change although only a restart can: all of
  /// it, each at its place in the new policy.
  package func changesForRestart(to next: Snapshot) -> [Finding] {
    var changes = Findings(file: next.places.files.first ?? "")
    changes.files = next.places.files
    for setting in RestartOnly.ofElement {
      guard let change = setting.change(settings, next.settings) else { continue }
      changes.add(.restartOnly, next.places.key(setting.path), change)
    }
    addListeners(next, &changes)
    return changes.sorted
  }

  private func addListeners(_ next: Snapshot, _ changes: inout Findings) {
    for (place, name) in next.listeners.enumerated() {
      guard let old = listeners.firstIndex(of: name) else {
        let spot = next.places.key("listeners.\(place).name")
        changes.add(
          .restartOnly, spot, "listener `\(name)` is new; only a restart can open listeners")
        continue
      }
      addListener(old, next, place, &changes)
    }
    let spot = next.places.key("listeners")
    for name in listeners where !next.listeners.contains(name) {
      changes.add(
        .restartOnly, spot, "listener `\(name)` is gone; only a restart can close listeners")
    }
    // Whoever has a listener's number finds it by its place.
    if listeners != next.listeners, Set(listeners) == Set(next.listeners) {
      changes.add(
        .restartOnly, spot, "the listeners stand in another order; only a restart can change it")
    }
  }

  private func addListener(
    _ old: Int, _ next: Snapshot, _ new: Int, _ changes: inout Findings
  ) {
    for (key, was) in written(old) {
      guard let (_, now) = next.written(new).first(where: { $0.key == key }),
        let change = RestartOnly.change(key, was, now)
      else { continue }
      changes.add(.restartOnly, next.places.key("listeners.\(new).\(key)"), change)
    }
  }

  /// What is compared of a listener.
  private func written(_ place: Int) -> [(key: String, text: String?)] {
    let listener = configuration.listeners[place]
    let address = listener.local.text
    let advertised = String(decoding: listener.advertised, as: UTF8.self)
    return [
      ("transport", listener.transport.word), ("address", address),
      ("advertise", advertised == address ? nil : advertised),
    ]
  }
}
