extension Page {
  static let openRelay = Page(
    """
    Whoever is taken for a peer without proof, and may call through another peer, can have calls
    billed to both: automatic dialers look for such borders all day (billing fraud,
    draft-niccolini-speermint-voipthreats-05, 2.3.2.1).

    It goes by degrees. A warning: the sources of a peer are the whole Internet, or public ranges
    wider than /16 (IPv4) or /32 (IPv6), which no single trunk has. A note, one for the whole
    policy: peers that are known by their source address alone over UDP, where it can be forged; a
    forged source gets no answer, and can still begin calls, or end those whose names it knows.
    TCP makes that much harder (4.6 there), and so does ingress filtering (4.7). Addresses that do
    not leave a network (RFC 1918, RFC 6598, RFC 4193) are not too wide, and listeners on this
    machine only are not looked at.
    """,
    remedy:
      "name the addresses of the peer as narrowly as they are known, and use TCP if it can",
    bad: """
      version: 1
      listeners:
        - { name: tcp4, transport: tcp, address: "192.0.2.10:5060" }
      peers:
        - name: anybody
          sources: [0.0.0.0/0] # <- here
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
        - { name: carrier, sources: [198.51.100.7], targets: ["198.51.100.7:5060"] }
      routes:
        - { name: outbound, from: [core, anybody], to: carrier }
      """,
    good: """
      version: 1
      listeners:
        - { name: tcp4, transport: tcp, address: "192.0.2.10:5060" }
      peers:
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
        - { name: carrier, sources: [198.51.100.0/24], targets: ["198.51.100.7:5060"] }
      routes:
        - { name: outbound, from: core, to: carrier }
      """)
}
