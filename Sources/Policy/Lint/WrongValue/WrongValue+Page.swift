extension Page {
  static let wrongValue = Page(
    """
    Values have units and ranges (`500ms`, `30s`, `64KiB`, `198.51.100.0/24`,
    `[2001:db8::1]:5060`), so that nobody has to know whether 30 was meant in seconds. Words are
    one of those that the message lists. A prefix with bits beyond its length is refused, for one
    of the two is a slip of the pen.
    """,
    remedy: "write the value as the message says",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      element: { drain: 30 } # <- here
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      element: { drain: 30s }
      """)
}
