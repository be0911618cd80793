extension Page {
  static let unknownKey = Page(
    """
    Every key is known or refused: a key that was misspelt and ignored would be a setting that is
    not in force, and at a border that is an open door that the policy says is closed.
    """,
    remedy: "write the key as the message or the page of the language has it",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, source: [198.51.100.7] } # <- here
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """)
}
