extension Page {
  static let personalDataInLog = Page(
    """
    Who called whom, when and from where is personal data, and a log goes further than a call: to
    disks, collectors and tickets. It also tells others the pattern of calls and the devices
    behind the border (draft-niccolini-speermint-voipthreats-05, 2.2.1 and 2.3.1). With `personal:
    redacted`, which is the default, they stand there as keyed digests: the lines of one call or
    one source still show as such.
    """,
    remedy: "take `personal: clear` out once the fault is found that it was set for",
    bad: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      element:
        log: { level: info, personal: clear } # <- here
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      element:
        log: { level: info, personal: redacted }
      peers:
        - { name: carrier, sources: [198.51.100.7] }
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      routes:
        - { name: inbound, from: carrier, to: core }
      """)
}
