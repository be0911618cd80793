extension Page {
  static let registerWithoutRegistrar = Page(
    """
    Providers that peer with each other do not register, so REGISTER is off unless `methods` names
    it. A peer whose registrations are let in and lead nowhere gets 404 or 403 for each, after it
    has cost a look-up in the routes, and a route that is added later would let it claim the numbers
    of others: REGISTER spoofing, draft-niccolini-speermint-voipthreats-05, 2.3.2.1.
    """,
    remedy: "take REGISTER out of `methods`, or add a route for it that leads to the registrar",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: branch, sources: [198.51.100.7], methods: [INVITE, BYE, REGISTER] } # <- here
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: calls, from: branch, method: INVITE, to: core }
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: branch, sources: [198.51.100.7], methods: [INVITE, BYE, REGISTER] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: calls, from: branch, method: INVITE, to: core }
        - { name: registrations, from: branch, method: REGISTER, to: core }
      """)
}
