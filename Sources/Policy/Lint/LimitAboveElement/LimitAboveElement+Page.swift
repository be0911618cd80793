extension Page {
  static let limitAboveElement = Page(
    """
    The limit of the whole element is what it can carry. A peer whose own limit is as high can spend
    all of it alone, and then the others get 503 though they have sent hardly anything.
    """,
    remedy: "give each peer less than the element has, so that some is left for the others",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      admission:
        rate-limits:
          - { name: each, per: peer, counts: calls, rate: 500/s } # <- here
          - { name: all, per: element, counts: calls, rate: 400/s }
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
          - { name: each, per: peer, counts: calls, rate: 100/s }
          - { name: all, per: element, counts: calls, rate: 400/s }
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """)
}
