extension Page {
  static let ownTarget = Page(
    """
    What is sent to a target that is one of this element's own listeners comes in again, is routed
    again, and so on until a loop is found (482) or Max-Forwards is used up (483, RFC 3261 §16.3).
    Each round costs what a call costs.
    """,
    remedy: "write the address of the peer, not the address that the peer knows this element by",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, sources: [192.0.2.10], targets: ["udp:192.0.2.10:5060"] } # <- here
      routes:
        - { name: inbound, from: carrier, to: core }
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, sources: [192.0.2.11], targets: ["udp:192.0.2.11:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """)
}
