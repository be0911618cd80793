extension Page {
  static let tooMany = Page(
    """
    A policy has at most 32 MiB in 256 files that include one another 8 deep, 64 listeners, and
    65,535 peers (over all reloads of one process: a peer's number is never given to another).
    Listeners and peers have such limits because they are looked up for every packet, and files so
    that no policy can keep an element from starting.

    Of routes that share a peer, a domain and a user prefix, or what their patterns begin with, it
    has at most 1,000: they are tried one after the other for each request. More of them belong
    under prefixes of their own, or into a table.
    """,
    remedy: "split the policy between elements, or let fewer files include one another",
    bad: Example(
      """
      include: [1.yaml]
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      """,
      including: (
        "1.yaml",
        """
        include: [2.yaml]
        """
      ),
      (
        "2.yaml",
        """
        include: [3.yaml]
        """
      ),
      (
        "3.yaml",
        """
        include: [4.yaml]
        """
      ),
      (
        "4.yaml",
        """
        include: [5.yaml]
        """
      ),
      (
        "5.yaml",
        """
        include: [6.yaml]
        """
      ),
      (
        "6.yaml",
        """
        include: [7.yaml]
        """
      ),
      (
        "7.yaml",
        """
        include: [8.yaml]
        """
      ),
      (
        "8.yaml",
        """
        include: [9.yaml] # <- here
        """
      ),
      (
        "9.yaml",
        """
        peers:
          - { name: carrier, sources: [198.51.100.7] }
          - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
        """
      )),
    good: Example(
      """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      include: [1.yaml]
      """,
      including: (
        "1.yaml",
        """
        include: [2.yaml]
        """
      ),
      (
        "2.yaml",
        """
        peers:
          - { name: carrier, sources: [198.51.100.7] }
          - { name: core, sources: [10.0.0.7], targets: ["10.0.0.7:5060"] }
        routes:
          - { name: inbound, from: carrier, to: core }
        """
      )))
}
