/// A policy's files made one tree. Lists of included files follow what the including file says
/// itself, in the order of `include`; anything else may stand in one file only.
struct Gathering {
  private let library: Library
  private(set) var findings: Findings
  /// The files that are being read, each included by the one before it.
  private var open: [String]
  private var taken: Set<String>
  private var octets = 0

  /// - Returns: the tree, or `nil` when the file itself has none; then `findings` says why.
  static func gather(
    _ octets: [UInt8], _ library: Library, into findings: inout Findings
  ) -> Node? {
    var gathering = Gathering(library, findings)
    let root = gathering.tree(of: octets, file: 0)
    findings = gathering.findings
    return root
  }

  private init(_ library: Library, _ findings: Findings) {
    self.library = library
    self.findings = findings
    open = [findings.files[0]]
    taken = [library.identity(findings.files[0])]
  }

  private mutating func tree(of octets: [UInt8], file: Int) -> Node? {
    self.octets += octets.count
    guard self.octets <= Limits.octets else {
      findings.add(
        .tooMany, nil, in: file,
        file == 0
          ? "the file is longer than \(Units.text(Limits.octets))"
          : "with this file the policy is longer than \(Units.text(Limits.octets))")
      return nil
    }
    let root: Node?
    do throws(Misplaced) {
      root = Composer.compose(try Text(octets, file: file), into: &findings)
    } catch {
      findings.add(.unreadable, error.place, error.message, remedy: error.remedy)
      return nil
    }
    guard let root else { return nil }
    return including(root)
  }

  /// The tree with all that its `include` names.
  private mutating func including(_ root: Node) -> Node {
    guard case .mapping(var entries) = root.content,
      let include = entries.first(where: { $0.key == "include" })
    else { return root }
    entries.removeAll { $0.key == "include" }
    for item in include.value.items {
      guard let path = item.scalar else {
        findings.add(.wrongValue, item.place, "`include` is a list of files")
        continue
      }
      guard let part = part(path, item.place) else { continue }
      if part.isIdle {
        findings.add(.idleInclude, item.place, "`\(path.shortened)` adds nothing to the policy")
      }
      merge(part, into: &entries)
    }
    return Node(place: root.place, content: .mapping(entries))
  }

  private mutating func part(_ path: String, _ place: Place) -> Node? {
    let name = Library.path(path, from: open[open.count - 1])
    let identity = library.identity(name)
    if open.contains(where: { library.identity($0) == identity }) {
      let circle = (open + [name]).joined(separator: " -> ")
      findings.add(.badInclude, place, "`\(path.shortened)` includes itself: \(circle)")
      return nil
    }
    guard taken.insert(identity).inserted else {
      findings.add(.badInclude, place, "`\(path.shortened)` is included twice")
      return nil
    }
    let part = newPart(name, path, place)
    if part == nil { findings.isIncomplete = true }
    return part
  }

  private mutating func newPart(_ name: String, _ path: String, _ place: Place) -> Node? {
    guard open.count <= Limits.includeDepth, findings.files.count < Limits.files else {
      let most = "\(Limits.files) files, \(Limits.includeDepth) deep"
      findings.add(.tooMany, place, "there can be at most \(most)")
      return nil
    }
    let octets: [UInt8]
    do throws(Finding) {
      octets = try library.read(name)
    } catch {
      findings.add(.badInclude, place, "`\(path.shortened)`: \(error.message)")
      return nil
    }
    findings.files.append(name)
    open.append(name)
    defer { open.removeLast() }
    return tree(of: octets, file: findings.files.count - 1)
  }

  private mutating func merge(_ part: Node, into entries: inout [Node.Entry]) {
    guard case .mapping(let added) = part.content else {
      findings.isIncomplete = true
      return findings.add(
        .wrongValue, part.place,
        "a policy is a mapping of keys to values, and here stands \(part.noun)")
    }
    for entry in added {
      guard let place = entries.firstIndex(where: { $0.key == entry.key }) else {
        entries.append(entry)
        continue
      }
      switch (entries[place].value.content, entry.value.content) {
      case (.list(let own), .list(let more)):
        entries[place].value.content = .list(own + more)
      case (.scalar(let own), .scalar(let more)) where entry.key == "version" && own == more:
        break
      default:
        let first = entries[place].place
        findings.add(
          .duplicateKey, entry.place,
          "`\(entry.key.shortened)` stands already in \(findings.files[first.file]):\(first.line)")
      }
    }
  }
}

extension Node {
  /// Whether a part of a policy holds nothing that could be in force.
  fileprivate var isIdle: Bool {
    guard case .mapping(let entries) = content else { return false }
    return entries.allSatisfy { entry in
      switch entry.value.content {
      case .nothing: true
      case .scalar: entry.key == "version"
      case .list(let items): items.isEmpty
      case .mapping(let entries): entries.isEmpty
      }
    }
  }
}
