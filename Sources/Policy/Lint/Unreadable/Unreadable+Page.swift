extension Page {
  static let unreadable = Page(
    """
    A policy is YAML of a small kind: mappings, lists, plain and quoted texts, comments. Anchors,
    aliases, tags, block texts, directives and texts over several lines are refused, for no policy
    needs them and a bomb can be made of them; so are files that are no text, are empty, are
    directories, may not be read, or nest more than 24 deep.

    While a file cannot be read to its end, nothing else can be said of it: mend this first.
    """,
    remedy: "mend the file there; a value stands where it is used, and odd marks stand in quotes",
    bad: """
      version: 1
      listeners: &all # <- here
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      """,
    good: """
      version: 1
      listeners:
        - { name: udp4, transport: udp, address: "192.0.2.10:5060" }
      """)
}
