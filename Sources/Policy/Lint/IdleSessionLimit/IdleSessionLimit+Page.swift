extension Page {
  static let idleSessionLimit = Page(
    """
    A limit that is never reached protects nobody, and whoever reads the policy believes that it
    does. Each call of a source is one of its peer's and of the element's, and each on a target one
    of those that go out to its peer: where the wider limit is lower, it is full before the narrow
    one is.
    """,
    remedy: "lower the narrow limit, raise the wide one, or take one of them out",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      admission:
        session-limits:
          - { name: peers, per: peer, calls: 200 }
          - { name: sources, per: source, calls: 300 } # <- here
        rate: 50/s
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      admission:
        session-limits:
          - { name: peers, per: peer, calls: 200 }
          - { name: sources, per: source, calls: 20 }
        rate: 50/s
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """)
}
