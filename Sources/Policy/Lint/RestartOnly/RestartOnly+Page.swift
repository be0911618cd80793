extension Page {
  static let restartOnly = Page(
    """
    A reload puts another version of the policy in force while calls go on. Sockets, workers and
    the sizes of tables are made once, when the element starts; a version that wants others cannot
    be put in force without ending calls. So a reload refuses it as a whole, and the running policy
    stays. `lint --against RUNNING NEW` says the same before it is tried.
    """,
    remedy:
      "leave the key as it is and reload, or drain the element and restart it with the new policy",
    before: """
      version: 1
      element: { workers: 2 }
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      """,
    bad: """
      version: 1
      element: { workers: 4 } # <- here
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      """,
    good: """
      version: 1
      element: { workers: 2, drain: 1m }
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      peers:
        - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
      """)
}
