extension Page {
  static let namesWithoutDnssec = Page(
    """
    With `resolve: always` a host name in a Contact or Route that no peer has under `names` is
    asked of the DNS. The source document recommends DNSSEC for that
    (draft-niccolini-speermint-voipthreats-05, 4.2), and this version does not check it. What a
    forged answer can do is limited: an address that belongs to no configured peer is refused, so
    it can only choose among the peers (incorrect destinations, 2.2.2), or let the call fail. Each
    name also makes work for the name servers (2.2.3).
    """,
    remedy: "list the host names of each peer under its `names`, and let `resolve` be never",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routing:
        resolve: always # <- here
      routes:
        - { name: inbound, from: carrier, to: core }
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7], names: [sbc.carrier.example] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """)
}
