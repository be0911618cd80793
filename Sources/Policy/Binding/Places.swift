package import Admission

/// Where in the policy's files each thing stands that a verdict can rest on.
package struct Places: Sendable {
  /// The files, at the places that `Place.file` names.
  package internal(set) var files: [String] = []
  /// Each listener, at its number.
  package internal(set) var listeners: [Place] = []
  /// Each peer, by its number; those of earlier policies have none.
  package internal(set) var peers: [PeerID: Place] = [:]
  /// Each source prefix, as `Admission.Rules.sources` has them.
  package internal(set) var sources: [Place] = []
  /// Each rate limit, as `Admission.Rules.rateLimits` has them.
  package internal(set) var rateLimits: [Place] = []
  /// Each session limit, as `Admission.Rules.sessionLimits` has them.
  package internal(set) var sessionLimits: [Place] = []
  /// Each route, as `Routing.Rules.routes` has them.
  package internal(set) var routes: [Place] = []
  /// Which item of `routes` each of them was written as: all rows of a table are of one.
  var routeItems: [UInt32] = []
  /// The keys of the element and of its listeners by the keys that lead there, such as
  /// `element.limits.calls` and `listeners.0.address`.
  private(set) var keys: [String: Place] = [:]

  /// The place of a key, or of the nearest one above it that is written.
  func key(_ path: String) -> Place? {
    var path = path[...]
    while true {
      if let place = keys[String(path)] { return place }
      guard let dot = path.lastIndex(of: ".") else { return nil }
      path = path[..<dot]
    }
  }

  mutating func noteKeys(_ root: Node) {
    for entry in root.entries where ["element", "listeners", "admission"].contains(entry.key) {
      keys[entry.key] = entry.place
      noteKeys(of: entry.value, below: entry.key)
    }
  }

  private mutating func noteKeys(of node: Node, below path: String) {
    for entry in node.entries {
      keys["\(path).\(entry.key)"] = entry.place
      noteKeys(of: entry.value, below: "\(path).\(entry.key)")
    }
    guard case .list(let items) = node.content else { return }
    for (place, item) in items.enumerated() {
      keys["\(path).\(place)"] = item.place
      noteKeys(of: item, below: "\(path).\(place)")
    }
  }

  /// `file:line:column`.
  package func text(_ place: Place) -> String {
    "\(files[place.file]):\(place.line):\(place.column)"
  }
}
