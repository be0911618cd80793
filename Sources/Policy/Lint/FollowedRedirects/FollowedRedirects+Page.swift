extension Page {
  static let followedRedirects = Page(
    """
    With `redirects: recurse` the Contacts of a 3xx are tried, as far as they are configured
    peers. So a peer that is called decides who is called instead, and no route is asked. Over UDP
    a forged 302 does the same (draft-niccolini-speermint-voipthreats-05, 2.3.2.2), if it comes
    with the source address of the peer and our branch. It is only noted, since a redirect server
    of one's own works in just this way; let it be a peer that is reached by TCP, and let other
    routes refuse or pass 3xx.
    """,
    remedy: "set `redirects: recurse` on the routes to the redirect server alone",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core, redirects: recurse } # <- here
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core, redirects: pass }
      """)
}
