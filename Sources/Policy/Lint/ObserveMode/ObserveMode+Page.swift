extension Page {
  static let observeMode = Page(
    """
    With `mode: observe` a rule counts and tells what it would have done, and lets pass. That is
    the way to try a new rule on real calls, and it is no rule: as long as it is left so, what it
    was written to refuse passes the border, and whoever reads the policy takes it for a guard
    that is on duty. A route that only observes carries no call; as it refuses nothing either, it
    is only noted.
    """,
    remedy:
      "set `mode: enforce`, or take the key out, once the log shows what the rule does",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - name: carrier
          sources: [198.51.100.7]
          methods: [INVITE, BYE]
          mode: observe # <- here
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - name: carrier
          sources: [198.51.100.7]
          methods: [INVITE, BYE]
          mode: enforce
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """)
}
