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
  ///   - library: where it and what it includes are read from.
  ///   - peers: the numbers that peers had in the policy before.
  ///   - cores: how many workers there are when the policy does not say.
  package static func load(
    path: String, from library: Library = .disk, peers: PeerNames = PeerNames(), cores: Int? = nil
  ) throws(Rejection) -> Snapshot {
    let octets: [UInt8]
    do throws(Finding) {
      octets = try library.read(path)
    } catch {
      throw Rejection(findings: [error])
    }
    return try load(octets: octets, name: path, from: library, peers: peers, cores: cores)
  }

  /// Where the policy in a file says that the control socket is. The rest of it may be wrong: who
  /// wants to hear from the element why it refuses a policy has that policy at hand.
  /// - Throws: what keeps the file from being read at all.
  package static func controlPath(
    file: String, from library: Library = .disk
  ) throws(Rejection) -> String? {
    var findings = Findings(file: file)
    do throws(Finding) {
      let root = Gathering.gather(try library.read(file), library, into: &findings)
      guard let root else { throw findings.sorted[0] }
      guard let path = root["element"]?.word("control") else { return nil }
      return (try? Names.path(path, longest: Limits.socketPath)) == nil ? nil : path
    } catch {
      throw Rejection(findings: [error])
    }
  }

  /// Loads a policy from its text.
  /// - Parameter name: what its findings call it.
  package static func load(
    text: String, name: String, peers: PeerNames = PeerNames(), cores: Int? = nil
  ) throws(Rejection) -> Snapshot {
    try load(octets: Array(text.utf8), name: name, peers: peers, cores: cores)
  }

  /// Loads a policy from the octets of its text.
  /// - Parameter library: where what it includes is read from.
  package static func load(
    octets: [UInt8], name: String, from library: Library = .memory([:]),
    peers: PeerNames = PeerNames(), cores: Int? = nil
  ) throws(Rejection) -> Snapshot {
    var findings = Findings(file: name)
    guard let root = Gathering.gather(octets, library, into: &findings) else {
      throw findings.rejection
    }
    if case .mapping(let entries) = root.content, root["listeners"] == nil,
      let cases = entries.first(where: { $0.key == "cases" })
    {
      findings.add(
        .unreadable, cases.place, "this is a file of tests, and not a policy",
        remedy: "run it by `sallyport test`, and look at the policy that it stands beside")
      throw findings.rejection
    }
    Check.run(root, .policy, into: &findings)
    let workers = cores ?? ProcessInfo.processInfo.activeProcessorCount
    let binder = Binder(
      root, findings, peers, cores: min(max(workers, 1), Limits.workers), from: library)
    return try binder.snapshot()
  }
}
