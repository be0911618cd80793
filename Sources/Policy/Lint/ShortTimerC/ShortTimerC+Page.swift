extension Page {
  static let shortTimerC = Page(
    """
    Timer C ends a call whose callee rings and never answers. RFC 3261 §16.6 step 11 says that it
    must be larger than three minutes: each 18x starts it again, and callees, queues and
    announcements before the answer may send the next one only every minute (RFC 3261 §13.3.1.1).
    With less, calls are cancelled that somebody was about to answer.
    """,
    remedy:
      "leave `timer-c` out (190s), or give it more than 3m; `timeout` is for silent targets",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routing:
        timer-c: 60s # <- here
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
        timer-c: 200s
      routes:
        - { name: inbound, from: carrier, to: core }
      """)
}
