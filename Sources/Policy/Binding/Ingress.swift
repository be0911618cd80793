import Admission
import SIP

// Who is let in at all. What the check has told of is left out here.
extension Binder {
  /// What a peer may send, where its responses may come from, and whether that is enforced.
  mutating func bindIngress(of node: Node, _ id: Int) {
    let methods = root.inForce(.admission, "methods", peer: node)
    admission.peers[id].methods =
      methods.map { Self.methods($0.items) }
      ?? Admission.Rules.Peer.usualMethods
    admission.peers[id].mode = Self.mode(root.inForce(.admission, "mode", peer: node))
    let responses = root.inForce(.admission, "responses-from", peer: node)?.scalar
    admission.peers[id].responses =
      IngressWords.responses.first { $0.0 == responses }?.1 ?? .exact
  }

  /// What sources get that no peer has.
  mutating func bindUnknown() {
    guard let section = root["admission"] else { return }
    let unknown = section.word("unknown")
    admission.unknown = IngressWords.unknown.first { $0.0 == unknown }?.1 ?? .silence
    admission.amplification = section.count("amplification") ?? admission.amplification
  }

  /// Who may send INVITE may also send what belongs to it and cannot be refused (RFC 3261 §22.1).
  static func methods(_ nodes: [Node]) -> MethodSet {
    let words = Set(nodes.compactMap(\.scalar))
    var methods = Method.allCases.filter { words.contains($0 == .other ? "other" : "\($0.text)") }
    if methods.contains(.invite) { methods += [.ack, .cancel] }
    return MethodSet(methods)
  }
}
