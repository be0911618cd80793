extension Page {
  static let unreachableListener = Page(
    """
    A request is taken from the sources of a peer, on the listeners that this peer may use. Where
    no peer with sources of the listener's address family may use it, nothing that comes in is
    answered: the port is open, and all who try it meet silence. A listener by which requests for
    targets leave is noted only; answers do come in there.

    An open port that serves nobody is one more thing to be attacked, and most often a sign that
    `listeners` of a peer names another one than was meant.
    """,
    remedy: "name the listener in `listeners` of a peer that has sources, or take it out",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
        - { name: tcp4, transport: tcp, address: "192.0.2.10:5060" } # <- here
      peers:
        - { name: core, sources: [10.0.0.7], listeners: [udp4], targets: ["udp:10.0.0.7:5060"] }
        - { name: carrier, sources: [198.51.100.7], listeners: [udp4] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
        - { name: tcp4, transport: tcp, address: "192.0.2.10:5060" }
      peers:
        - { name: core, sources: [10.0.0.7], listeners: [udp4], targets: ["udp:10.0.0.7:5060"] }
        - { name: carrier, sources: [198.51.100.7], listeners: [udp4, tcp4] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """)
}
