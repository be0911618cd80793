extension Page {
  static let routeLoop = Page(
    """
    A request that is routed to the peer that it came from has gone in a circle: most often both
    sides take the other for the one who knows the number, and the call goes to and fro until
    Max-Forwards is used up (RFC 3261 §16.3, RFC 5393: a few such calls load both borders). Loop
    detection ends it with 482 where the request comes back unchanged.

    A route without `from` is for all peers, also for the one that it leads to; that is a note,
    since a peer of many switches may well be called by itself. Peers on this machine only are not
    looked at.
    """,
    remedy: "name in `from` the peers that the route is meant for",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7], targets: ["198.51.100.7:5060"] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
        - { name: outbound, from: [core, carrier], domain: carrier.example, to: carrier }
        - { name: rest, from: core, to: [carrier, core] } # <- here
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7], targets: ["198.51.100.7:5060"] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
        - { name: rest, from: core, to: carrier }
      """)
}
