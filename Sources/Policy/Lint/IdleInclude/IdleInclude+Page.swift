extension Page {
  static let idleInclude = Page(
    """
    The file is read and holds nothing: no listener, peer, route or setting, only `version` or
    empty lists. Most often its content was moved away and the file was left behind, or a tool
    that writes it has failed and wrote an empty list: then the peers of a border are gone, and
    nobody was told.
    """,
    remedy: "take the file out of `include`, or see why it is empty",
    bad: Example(
      """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      include: [peers.yaml, more.yaml] # <- here
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
      ),
      (
        "more.yaml",
        """
        peers: []
        """
      )),
    good: Example(
      """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      include: [peers.yaml, more.yaml]
      """,
      including: (
        "peers.yaml",
        """
        peers:
          - { name: carrier, sources: [198.51.100.7] }
          - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
        """
      ),
      (
        "more.yaml",
        """
        routes:
          - { name: inbound, from: carrier, to: core }
        """
      )))
}
