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
  /// Each route, as `Routing.Rules.routes` has them.
  package internal(set) var routes: [Place] = []

  /// `file:line:column`.
  package func text(_ place: Place) -> String {
    "\(files[place.file]):\(place.line):\(place.column)"
  }
}
