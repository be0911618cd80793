import Foundation

/// A policy that cannot be loaded: everything that is wrong with it, in the order of the file.
package struct Rejection: Error, Hashable, CustomStringConvertible {
  /// In the order of their places, what is only warned of included; one at least is an error.
  package var findings: [Finding]

  /// One line for each finding.
  package var description: String { findings.map(\.description).joined(separator: "\n") }
}

extension Snapshot {
  /// Loads the policy in a file.
  /// - Parameters:
  ///   - peers: the numbers that peers had in the policy before.
  ///   - cores: how many workers there are when the policy does not say.
  package static func load(
    path: String, peers: PeerNames = PeerNames(), cores: Int? = nil
  ) throws(Rejection) -> Snapshot {
    let octets: [UInt8]
    do throws(Finding) {
      octets = try Source.read(path)
    } catch {
      throw Rejection(findings: [error])
    }
    return try load(octets: octets, name: path, peers: peers, cores: cores)
  }

  /// Loads a policy from its text.
  /// - Parameter name: what its findings call it.
  package static func load(
    text: String, name: String, peers: PeerNames = PeerNames(), cores: Int? = nil
  ) throws(Rejection) -> Snapshot {
    try load(octets: Array(text.utf8), name: name, peers: peers, cores: cores)
  }

  /// Loads a policy from the octets of its text.
  package static func load(
    octets: [UInt8], name: String, peers: PeerNames = PeerNames(), cores: Int? = nil
  ) throws(Rejection) -> Snapshot {
    var findings = Findings(file: name)
    guard octets.count <= Limits.octets else {
      findings.error(nil, "the file is longer than \(Units.text(Limits.octets))")
      throw Rejection(findings: findings.sorted)
    }
    let root: Node?
    do throws(Misplaced) {
      root = Composer.compose(try Text(octets), into: &findings)
    } catch {
      findings.error(error.place, error.message)
      throw Rejection(findings: findings.sorted)
    }
    guard let root else { throw Rejection(findings: findings.sorted) }
    Check.run(root, .policy, into: &findings)
    let workers = cores ?? ProcessInfo.processInfo.activeProcessorCount
    let binder = Binder(root, findings, peers, cores: min(max(workers, 1), Limits.workers))
    return try binder.snapshot()
  }
}
