extension Page {
  static let noLimit = Page(
    """
    A peer whose equipment runs wild, or that somebody forges, can send more than this element and
    those behind it can carry, and then all the others lose their calls with it. What was agreed
    with a peer is worth as much as the limit that holds him to it.
    """,
    remedy:
      "give `rate` to the peers, or one to all of them under `admission`; `mode: observe` shows"
      + " first how much they send",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7] } # <- here
        - { name: core, targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7], rate: 50/s }
        - { name: core, targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """)
}
