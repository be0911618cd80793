import Admission
import Basics
import Border

extension Rule {
  static let strangersAnswered = Rule(
    "strangers-answered",
    "sources that no peer has get an answer, on a listener that others can reach",
    .strangersAnswered, .warning
  ) { study, remarks in
    guard study.admission.unknown == .refuse else { return }
    let reached = study.listeners.filter {
      $0.value.transport == .udp
        && !Study.Network($0.value.local.address).isWithin(Study.Network.loopback)
    }
    guard !reached.isEmpty else { return }
    remarks.add(
      study.root["admission"]?["unknown"]?.place,
      "on listener \(Study.list(reached.map(\.name))) whoever looks for SIP elements finds this one"
    )
  }
}
