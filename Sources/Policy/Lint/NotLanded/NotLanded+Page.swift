extension Page {
  static let notLanded = Page(
    """
    The language has keys for all that this element is to do, and some of it is not built yet. A
    policy that asks for it is refused, not loaded without it: who writes `authentication: digest`
    must not get an element that asks nobody for a password.
    """,
    remedy: "take the setting out, and what depends on it; the README says what is open",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      media: { relay: "on" } # <- here
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      media: { relay: none }
      """)
}
