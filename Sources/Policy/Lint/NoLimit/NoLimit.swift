import Admission
import Border

extension Rule {
  static let noLimit = Rule(
    "no-limit", "peers that may send as much as they like", .noLimit, .note
  ) { study, remarks in
    let limits = study.admission.rateLimits.filter { $0.mode == .enforce }
    let callers = study.callers.subtracting(study.local)
    let free = study.peers.filter { peer in
      callers.contains(peer.id)
        && !limits.contains { $0.peers.map { $0.contains(peer.id) } ?? true }
    }
    guard let first = free.first else { return }
    remarks.add(
      first.place,
      "\(Study.list(free.map(\.name))) may send as much as they like: no rate limit counts it")
  }
}
