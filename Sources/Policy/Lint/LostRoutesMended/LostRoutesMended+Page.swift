extension Page {
  static let lostRoutesMended = Page(
    """
    A request within a call names it by a token in its Route, which only the parties of the call
    have seen and nobody can forge (RFC 3261 §12.2.1.1 has every user agent send it).
    `lost-routes: mend` finds the call by Call-ID and tags where the token is missing, for the
    sake of test tools such as SIPp. Then a BYE with names that were read elsewhere, in a log or a
    CDR, and a forged source address ends a call: session teardown,
    draft-niccolini-speermint-voipthreats-05, 2.3.2.1.
    """,
    remedy: "refuse lost routes, which is the default, and have the peer mend its route set",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routing:
        lost-routes: mend # <- here
      routes:
        - { name: inbound, from: carrier, to: core }
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "127.0.0.1:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routing:
        lost-routes: mend
      routes:
        - { name: inbound, from: carrier, to: core }
      """)
}
