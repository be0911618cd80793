extension Page {
  static let strangersAnswered = Page(
    """
    With `unknown: refuse` a source that no peer has is told 403. That helps a peer whose address
    has changed to find out why it is not heard. It also tells everybody who scans for SIP elements
    that there is one (SIP device enumeration, draft-niccolini-speermint-voipthreats-05), and a
    source over UDP can be forged: then the answer goes to somebody else. Only few are sent in a
    second, and none larger than `amplification` allows, but silence sends none.
    """,
    remedy: "leave it at `silence`, and look for `source.unknown` in the log instead",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      admission:
        unknown: refuse # <- here
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "127.0.0.1:5060" }
      admission:
        unknown: refuse
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """)
}
