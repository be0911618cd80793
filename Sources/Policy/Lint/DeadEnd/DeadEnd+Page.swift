extension Page {
  static let deadEnd = Page(
    """
    A target is reached from a listener of its own transport and address family that its peer may
    use; without such a one nothing can be sent there. A route must lead to a peer that has
    targets, a peer must have a listener, and the element too. Every call that came here would
    fail.
    """,
    remedy: "give the peer a listener that fits its target, or the route a peer with targets",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, sources: [10.0.0.7], targets: ["tcp:10.0.0.7:5060"] } # <- here
      routes:
        - { name: inbound, from: carrier, to: core }
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, sources: [10.0.0.7], targets: ["udp:10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """)
}
