extension Page {
  static let shadowedRoute = Page(
    """
    The first route whose conditions all hold is taken, so a route that comes after others which
    between them take every request that it would take does nothing. The finding is a proof:
    callers, methods, schemes, domains and user prefixes are all looked at, and the routes are
    named that take its place.

    At a border this is how calls come to leave by the wrong carrier: a new route for +4420 stands
    below the old one for +44 and never carries a call, and nobody is told.
    """,
    remedy: "move the route above those that take its requests, or take it out",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: core, sources: [10.0.0.0/24] }
        - { name: cheap, sources: [198.51.100.7], targets: ["198.51.100.7:5060"] }
        - { name: london, sources: [203.0.113.7], targets: ["203.0.113.7:5060"] }
      routes:
        - { name: britain, from: core, user-prefix: "+44", to: cheap }
        - { name: london, from: core, user-prefix: ["+4420", "+44207"], to: london } # <- here
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: core, sources: [10.0.0.0/24] }
        - { name: cheap, sources: [198.51.100.7], targets: ["198.51.100.7:5060"] }
        - { name: london, sources: [203.0.113.7], targets: ["203.0.113.7:5060"] }
      routes:
        - { name: london, from: core, user-prefix: "+4420", to: london }
        - { name: britain, from: core, user-prefix: "+44", to: cheap }
      """)
}
