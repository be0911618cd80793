extension Page {
  static let unusedPeer = Page(
    """
    A peer without `sources`, or whose list of `methods` is empty, may send nothing, and one that no
    route leads to is never called. With neither, it is a name and nothing more: most often its
    sources or its route were forgotten, or the route that led to it was taken out and the peer was
    left behind.
    """,
    remedy: "give it `sources`, name it in a route, or take it out",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
        - { name: carrier, sources: [198.51.100.7] }
        - { name: former, targets: ["203.0.113.7:5060"] } # <- here
      routes:
        - { name: inbound, from: carrier, to: core }
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
        - { name: carrier, sources: [198.51.100.7] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """)
}
