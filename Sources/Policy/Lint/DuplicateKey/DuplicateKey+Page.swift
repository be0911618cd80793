extension Page {
  static let duplicateKey = Page(
    """
    Of two values of one key one would be in force, and readers would disagree which. In several
    files of one policy the lists `listeners`, `peers` and `routes` follow one another; everything
    else may stand in one of them only.
    """,
    remedy: "keep one of the two",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      routing:
        no-route: not-found
        no-route: forbidden # <- here
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      routing:
        no-route: forbidden
      """)
}
