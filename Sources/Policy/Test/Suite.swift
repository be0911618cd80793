import Basics

/// The tests of one policy: a file of cases beside it, `edge.test.yaml` for `edge.yaml`.
package struct Suite: Sendable {
  /// One message of a case.
  struct Input: Sendable {
    enum Message: Sendable {
      case sketch(Sketch)
      case octets([UInt8])
      /// None: only time passes.
      case nothing
    }

    enum Side: String, Sendable { case caller, callee }

    var message: Message
    /// `nil` for a request within a call, which comes from where its side is.
    var flow: Flow?
    /// The side of the call that was begun last that sends it.
    var within: Side?
    var answers: [String: Result<Address, Unresolved>] = [:]
    /// What time it is on the wall when it comes.
    var wall: Int64?
    var count = 1
    /// What whoever it reaches says to it, one after the other.
    var replies: [Int] = []
    /// Where that comes from, if not from where the request was sent to.
    var repliesFrom: Endpoint?
    var wait: Interval?
  }

  struct Case: Sendable {
    var name: String
    var place: Place
    var before: [Input]
    var input: Input
    var expectation: Expectation
  }

  /// The path of the test file.
  package let path: String
  /// The path of the policy that it is about.
  package let policy: String
  let snapshot: Snapshot
  let cases: [Case]

  /// The name of the tests of a policy: `edge.test.yaml` for `edge.yaml`. The tests' own name is
  /// taken as it is.
  package static func path(beside policy: String) -> String {
    for end in [".yaml", ".yml"] where policy.hasSuffix(end) {
      let stem = policy.dropLast(end.utf8.count)
      return stem.hasSuffix(".test") ? policy : "\(stem).test\(end)"
    }
    return "\(policy).test.yaml"
  }

  /// The policy that a test file is about, where it does not say so itself.
  private static func policy(of path: String) -> String {
    for end in [".test.yaml", ".test.yml"] where path.hasSuffix(end) {
      return path.dropLast(end.utf8.count) + "." + (end.split(separator: ".").last ?? "")
    }
    return path
  }

  /// Loads a policy and its tests.
  /// - Parameter policy: the path of either.
  /// - Throws: everything that is wrong with one of them.
  package static func load(
    beside policy: String, from library: Library = .disk
  ) throws(Rejection) -> Suite {
    let path = path(beside: policy)
    var findings = Findings(file: path)
    let root: Node?
    do throws(Finding) {
      root = tree(of: try library.read(path), &findings)
    } catch {
      throw Rejection(findings: [error])
    }
    guard let root else { throw Rejection(findings: findings.sorted) }
    let named = root.word("policy").map { Library.path($0, from: path) }
    let subject = named ?? (path == policy ? Self.policy(of: path) : policy)
    let snapshot = try Snapshot.load(path: subject, from: library)
    var binder = CaseBinder(root, snapshot, library, path: path, findings)
    let cases = binder.cases()
    guard !binder.findings.hasErrors else { throw Rejection(findings: binder.findings.sorted) }
    return Suite(path: path, policy: subject, snapshot: snapshot, cases: cases)
  }

  private static func tree(of octets: [UInt8], _ findings: inout Findings) -> Node? {
    let root: Node?
    do throws(Misplaced) {
      let text = try Text(octets)
      let isEmpty = text.string.split(whereSeparator: \.isNewline).allSatisfy {
        $0.allSatisfy(\.isWhitespace) || String($0).stripped.hasPrefix("#")
      }
      guard !isEmpty else {
        findings.add(.unreadable, nil, "the file is empty; tests stand under `cases:`")
        return nil
      }
      root = Composer.compose(text, into: &findings)
    } catch {
      findings.add(.unreadable, error.place, error.message)
      return nil
    }
    guard let root else { return nil }
    guard case .mapping = root.content else {
      findings.add(
        .wrongValue, root.place,
        "a test file is a mapping with `cases`, and here stands \(root.noun)")
      return nil
    }
    Check.run(root.without(["headers", "answers", "asks", "observes"]), .suite, into: &findings)
    return root
  }
}

extension Node {
  /// The tree without what stands under keys whose values are looked at elsewhere.
  fileprivate func without(_ keys: Set<String>) -> Node {
    switch content {
    case .nothing, .scalar: return self
    case .list(let items):
      return Node(place: place, content: .list(items.map { $0.without(keys) }))
    case .mapping(let entries):
      let kept = entries.filter { !keys.contains($0.key) }.map { entry in
        Entry(key: entry.key, place: entry.place, value: entry.value.without(keys))
      }
      return Node(place: place, content: .mapping(kept))
    }
  }
}
