extension Page {
  static let muteTarget = Page(
    """
    A request within a call is admitted as any other is: by the source address that it comes from.
    From a target that is no source of its peer only answers are taken, so a callee there that
    hangs up sends a BYE into silence: the call goes on, and is billed, until the other side ends
    it. Where the target is a source of another peer, its requests are taken for those of that
    peer, who is no party of the call, and get 481.

    A peer that has sources elsewhere is only noted: it may receive on one address and send from
    others.
    """,
    remedy: "add the address of the target to the `sources` of its peer",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: core, sources: [10.0.0.7] }
        - { name: carrier, targets: ["198.51.100.7:5060"] } # <- here
      routes:
        - { name: outbound, from: core, to: carrier }
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: core, sources: [10.0.0.7] }
        - { name: carrier, sources: [198.51.100.7], targets: ["198.51.100.7:5060"] }
      routes:
        - { name: outbound, from: core, to: carrier }
      """)
}
