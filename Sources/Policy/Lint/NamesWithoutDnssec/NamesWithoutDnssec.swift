import Routing

extension Rule {
  static let namesWithoutDnssec = Rule(
    "names-without-dnssec", "host names that peers write are asked of the DNS, unauthenticated",
    .namesWithoutDnssec, .note
  ) { study, remarks in
    guard study.routing.resolvesNames else { return }
    remarks.add(
      study.root["routing"]?["resolve"]?.place,
      "host names in requests are asked of the DNS without DNSSEC: who forges its answers chooses"
        + " among the configured peers")
  }
}
