extension Page {
  static let idleLimit = Page(
    """
    A limit that never bites protects nobody, and whoever reads the policy believes that it does. It
    is for peers that send nothing, for methods that they may not send, or another limit of the same
    kind counts as much and lets less pass.
    """,
    remedy: "take it out, or make it the stricter one",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      admission:
        rate-limits:
          - { name: calls, per: peer, counts: calls, rate: 20/s }
          - { name: more, per: peer, counts: calls, rate: 50/s } # <- here
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
        rate-limits:
          - { name: calls, per: peer, counts: calls, rate: 20/s }
          - { name: more, per: peer, counts: requests, rate: 200/s }
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """)
}
