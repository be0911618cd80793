extension Page {
  static let failoverAfterRefusal = Page(
    """
    Another target is tried where one could not be asked: it is down, overloaded, or does not
    answer. Some final answers are about the call and not about the target. 486 says that the
    callee is busy (RFC 3261 §21.4.24): to ring again by another way annoys, and doubles the call
    on the trunks. 487 says that the caller gave up (§21.4.25). 401 and 407 ask the caller for
    credentials (§22), who never hears of it when the next target is asked instead.
    """,
    remedy: "take the status out of `failover`; 500, 502, 503, 504 and 408 are about the target",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routing:
        failover: [503, 486] # <- here
      routes:
        - { name: inbound, from: carrier, to: core }
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routing:
        failover: [500, 503, 504]
      routes:
        - { name: inbound, from: carrier, to: core }
      """)
}
