extension Page {
  static let badInclude = Page(
    """
    `include` names files as seen from the file that includes them. Each must be there and be
    readable, may be included once, and not by itself: otherwise the order of the lists, and with
    it the first match among routes, would depend on the way that led to the file.
    """,
    remedy: "name the file as seen from the file that includes it, and once only",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      include: [policy.yaml] # <- here
      """,
    good: Example(
      """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      include: [peers.yaml]
      """,
      including: (
        "peers.yaml",
        """
        peers:
          - { name: carrier, sources: [198.51.100.7] }
          - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
        routes:
          - { name: inbound, from: carrier, to: core }
        """
      )))
}
