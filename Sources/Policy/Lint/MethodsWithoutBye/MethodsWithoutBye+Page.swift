extension Page {
  static let methodsWithoutBye = Page(
    """
    `methods` is an allow-list for every request of a peer, also within a call. Either side of a
    call ends it with BYE (RFC 3261 §15), and a peer whose BYE gets 405 cannot: the call goes on,
    and is billed, until the other side ends it. A peer that is called needs BYE as much as one
    that calls.
    """,
    remedy: "add BYE to `methods`; UPDATE, PRACK and INFO are probably wanted too",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7], methods: [INVITE, OPTIONS] } # <- here
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7], methods: [INVITE, BYE, OPTIONS] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """)
}
