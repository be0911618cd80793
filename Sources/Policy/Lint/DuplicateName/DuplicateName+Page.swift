extension Page {
  static let duplicateName = Page(
    """
    Peers, listeners and routes are known by their names, in the policy and in the log: a name
    that two of them have names neither.
    """,
    remedy: "give one of the two another name",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
        - { name: inbound, method: OPTIONS, to: core } # <- here
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: probes, from: carrier, method: OPTIONS, to: core }
        - { name: inbound, from: carrier, to: core }
      """)
}
