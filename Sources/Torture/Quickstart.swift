/// The policy that messages are played under when none is named: Policies/quickstart.yaml without
/// its comments, so that the program needs no file beside it. A test holds the two equal.
package enum Quickstart {
  /// The text of the policy.
  package static let text = """
    version: 1
    element:
      name: quickstart
      drain: 10s
      log: { level: info, personal: redacted }
    listeners:
      - { name: udp4, transport: udp, address: "127.0.0.1:5060" }
      - { name: tcp4, transport: tcp, address: "127.0.0.1:5060" }
      - { name: udp6, transport: udp, address: "[::1]:5060" }
      - { name: tcp6, transport: tcp, address: "[::1]:5060" }
    peers:
      - name: loopback
        sources: [127.0.0.0/8, "::1/128"]
        authentication: source
        methods:
          [INVITE, BYE, OPTIONS, REGISTER, PRACK, UPDATE, REFER, SUBSCRIBE, NOTIFY, INFO, MESSAGE,
           PUBLISH, other]
        targets: ["127.0.0.1:5070", "[::1]:5070"]
    routing:
      lost-routes: mend
    routes:
      - { name: everything, to: loopback }
    """
}
