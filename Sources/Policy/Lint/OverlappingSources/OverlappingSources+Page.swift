extension Page {
  static let overlappingSources = Page(
    """
    An address belongs to the peer whose source prefix of all is the longest that holds it, before
    anything else is asked. Overlap is a tool (one gateway of a carrier as a peer of its own), so
    it is only noted. It is a warning where the inner peer may not use a listener that the outer
    one may: there its requests meet silence, although the outer prefix seems to admit them.

    The source address is what ingress filtering rests on
    (draft-niccolini-speermint-voipthreats-05, 4.7): whose limits count, and whose routes are
    taken, is decided here.
    """,
    remedy:
      "check that the longer prefix is meant to be the other peer, and on all those listeners",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
        - { name: tcp4, transport: tcp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.0/24] }
        - name: gateway
          sources: [198.51.100.7] # <- here
          listeners: [tcp4]
          targets: ["tcp:198.51.100.7:5060"]
      routes:
        - { name: inbound, from: carrier, to: gateway }
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
        - { name: tcp4, transport: tcp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.128/25] }
        - name: gateway
          sources: [198.51.100.7]
          listeners: [tcp4]
          targets: ["tcp:198.51.100.7:5060"]
      routes:
        - { name: inbound, from: carrier, to: gateway }
      """)
}
