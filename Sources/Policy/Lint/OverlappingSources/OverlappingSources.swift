import Admission
import Basics
import Border

extension Rule {
  static let overlappingSources = Rule(
    "overlapping-sources", "sources of one peer within those of another: the longest prefix wins",
    .overlappingSources, .warning
  ) { study, remarks in
    let sources = study.admission.sources
    var owners: [Study.Network: Int] = [:]
    for (place, source) in sources.enumerated() { owners[Study.Network(source)] = place }
    let lengths = Set(sources.map { Int($0.bits) }).sorted(by: >)
    for (place, source) in sources.enumerated() {
      let inner = Study.Network(source)
      guard let other = inner.enclosing(lengths).lazy.compactMap({ owners[$0] }).first,
        sources[other].peer != source.peer
      else { continue }
      overlap(study, place, other, &remarks)
    }
  }

  private static func overlap(
    _ study: Study, _ place: Int, _ other: Int, _ remarks: inout Remarks
  ) {
    let (inner, outer) = (study.admission.sources[place], study.admission.sources[other])
    let peer = study.admission.peers[Int(inner.peer.raw)]
    let host = study.admission.peers[Int(outer.peer.raw)]
    let lost = study.listeners.indices.filter {
      host.listeners >> UInt64($0) & 1 != 0 && peer.listeners >> UInt64($0) & 1 == 0
        && study.listeners[$0].value.local.address.isIPv4 == Study.Network(inner).isIPv4
    }
    let start =
      "`\(Study.Network(inner).text)` of peer `\(peer.name)` lies within"
      + " `\(Study.Network(outer).text)` of peer `\(host.name)`"
      + " (\(study.places.text(study.places.sources[other])))"
    let names = lost.map { study.listeners[$0].name }
    let end =
      names.isEmpty
      ? "what comes from there is `\(peer.name)`'s"
      : "what comes from there meets silence on listener \(Study.list(names)), which only"
        + " `\(host.name)` may use"
    remarks.add(
      study.places.sources[place], "\(start): \(end)", names.isEmpty ? .note : .warning)
  }
}
