extension Page {
  static let missingKey = Page(
    """
    A policy needs `version` and `listeners`; a listener its `name`, `transport` and `address`; a
    peer its `name`; a route its `name` and where it leads `to`. Nothing is guessed in their
    place.
    """,
    remedy: "add the key",
    bad: """
      version: 1
      listeners:
        - { name: udp4, address: "192.0.2.10:5060" } # <- here
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      """)
}
