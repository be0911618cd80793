import Basics
import Border
import Routing
import SIP

// Values of headers that a request cannot have just any value of.
extension Grid {
  /// What such values hang on.
  struct Subject {
    let snapshots: (old: Snapshot, new: Snapshot)
    /// The conditions on headers, by the names of these.
    let nodes: [String: [Node]]
    let callers: [Caller]

    /// The texts that conditions on a header name.
    func texts(_ name: String) -> [String] {
      var seen: Set<String> = []
      let nodes = nodes[name] ?? []
      return nodes.flatMap { $0.words("equals") + $0.words("contains") }.filter {
        seen.insert($0).inserted
      }
    }

    /// - Parameter callers: of which a few are kept, those by datagrams first.
    init(
      _ snapshots: (old: Snapshot, new: Snapshot), _ nodes: [String: [Node]], _ callers: [Caller]
    ) {
      self.snapshots = snapshots
      self.nodes = nodes
      let datagrams = callers.filter { caller in
        let place = snapshots.old.listeners.firstIndex(of: caller.listener)
        return place.map { snapshots.old.configuration.listeners[$0].transport } == .udp
      }
      self.callers = Array((datagrams + callers).prefix(8))
    }

    /// Whether a request comes as far as the routes in both policies, from anybody.
    func isUsable(_ draft: Draft) -> Bool {
      callers.contains { caller in
        let witness = draft.witness(from: caller.from, to: caller.listener)
        return snapshots.old.putsToRoutes(witness) && snapshots.new.putsToRoutes(witness)
      }
    }
  }

  typealias AddressPlanes = (
    user: Plane, host: Plane, party: WritableKeyPath<Draft, (user: String, host: String)?>
  )

  /// Values of From or To: of the user and of the host of its URI, each for itself, or, where the
  /// whole header is asked for, of both together and what stands around them.
  func addresses(
    _ name: String, _ parties: [Party], _ planes: AddressPlanes, _ subject: Subject
  ) -> [(Plane, [Draft])] {
    let isAsked = parties.contains { $0 != Party() }
    func draft(_ user: String, _ host: String) -> Draft {
      var draft = usual
      draft[keyPath: planes.party] = (user, host)
      return draft
    }
    let (users, hosts) = (Samples.users(parties), Samples.hosts(parties))
    guard subject.nodes[name] != nil else {
      guard isAsked else { return [] }
      return [
        (planes.user, users.map { draft($0, Samples.foreignHost) }),
        (planes.host, hosts.map { draft("nobody", $0) }),
      ]
    }
    let whole = addresses(name, subject).flatMap { address -> [String] in
      if address.isWhole { return [address.before] }
      guard isAsked else { return [address.line(Draft.uri("nobody", Samples.foreignHost))] }
      return users.flatMap { user in hosts.map { address.line(Draft.uri(user, $0)) } }
    }
    return [
      (
        .address(name),
        whole.map { line in
          var draft = usual
          draft.headers = [(name, [line])]
          return draft
        }
      )
    ]
  }

  /// What may stand around the URI, as far as a request with it comes to the routes.
  private func addresses(_ name: String, _ subject: Subject) -> [Essentials.Address] {
    Essentials.addresses(name, subject.texts(name)).filter { address in
      var draft = usual
      draft.headers = [(name, [address.line(Draft.uri("nobody", Samples.foreignHost))])]
      return subject.isUsable(draft)
    }
  }

  /// Values of another such header, as far as a request with them comes to the routes.
  func essentials(_ name: String, _ subject: Subject) -> [Draft] {
    let texts = subject.texts(name)
    if name == "cseq" { return sequences(texts).filter(subject.isUsable) }
    let hosts = subject.snapshots.old.ownHosts.filter(subject.snapshots.new.ownHosts.contains)
    let lines = Essentials.lines(name, texts, hosts: Array(hosts.prefix(2)))
    return lines.map { lines in
      var draft = usual
      if name == "content-length", let count = lines.first.flatMap(Int.init) {
        draft.body = String(repeating: "x", count: min(count, Essentials.longestBody))
      }
      draft.headers = [(name, lines)]
      return draft
    }.filter(subject.isUsable)
  }

  /// CSeq with each method, which is that of the request.
  private func sequences(_ texts: [String]) -> [Draft] {
    Self.methods.flatMap { method in
      Essentials.sequences(texts, Self.name(method)).map { line in
        var draft = usual
        draft.method = Self.name(method)
        draft.headers = [("cseq", [line])]
        return draft
      }
    }
  }
}

extension Draft {
  /// Whether it says what its CSeq is.
  var hasSequence: Bool { headers.contains { $0.name == "cseq" } }
}
