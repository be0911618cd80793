extension Page {
  static let undefinedName = Page(
    """
    A route or a peer names a peer or a listener that the policy does not have. If it were
    ignored, a route for one peer would become a route for all.
    """,
    remedy: "write the name as it is defined, or define it",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carier, to: core } # <- here
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """)
}
