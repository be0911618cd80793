extension Page {
  static let sharedAddress = Page(
    """
    A source prefix or a host name belongs to one peer, and an address and port to one listener of
    its transport. With two owners it would depend on the order whose limits count and whose
    routes are taken, for every request that comes from there.
    """,
    remedy: "take it from one of the two, or split the prefix",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.0/24] }
        - name: other
          sources: [198.51.100.0/24] # <- here
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.0/25] }
        - name: other
          sources: [198.51.100.128/25]
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """)
}
