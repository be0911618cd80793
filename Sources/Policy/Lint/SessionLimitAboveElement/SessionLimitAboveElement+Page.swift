extension Page {
  static let sessionLimitAboveElement = Page(
    """
    The calls that the whole element may have, by a session limit or by `element.limits.calls`, are
    for all peers together. A peer whose own limit is as high can have all of them alone, and then
    the others get 503 though they have hardly begun any.
    """,
    remedy: "give each peer less than the element has, so that some is left for the others",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      admission:
        session-limits:
          - { name: all, per: element, calls: 1000 }
        rate: 50/s
      peers:
        - { name: carrier, sources: [198.51.100.7], sessions: 2000 } # <- here
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
          - { name: all, per: element, calls: 1000 }
        rate: 50/s
      peers:
        - { name: carrier, sources: [198.51.100.7], sessions: 600 }
        - { name: core, targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """)
}
