extension Page {
  static let deadRoute = Page(
    """
    A route that no request can meet does nothing: it is for peers that may send nothing, for
    methods that its peers may not send, for sips: URIs (which are refused with 416 while nothing
    here speaks TLS, RFC 3261 §26.2.2), or for tel: URIs of a domain (they have none, RFC 3966). A
    route for ACK or CANCEL alone is dead as well: both go where their INVITE went (RFC 3261 §9.1,
    §17.1.1.3).

    It reads as if a call were provided for, and the call gets 404 or another route.
    """,
    remedy: "give the peer its `sources` or `methods`, or take the condition or the route out",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7], methods: [INVITE, BYE] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: calls, from: carrier, method: INVITE, to: core }
        - { name: texts, from: carrier, method: MESSAGE, to: core } # <- here
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7], methods: [INVITE, BYE, MESSAGE] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: calls, from: carrier, method: INVITE, to: core }
        - { name: texts, from: carrier, method: MESSAGE, to: core }
      """)
}
