extension Rule {
  static let followedRedirects = Rule(
    "followed-redirects", "a peer's 3xx moves a call to another configured peer",
    .followedRedirects, .note
  ) { study, remarks in
    for node in study.settings("redirects") where node.scalar == "recurse" {
      remarks.add(
        node.place,
        "a 3xx of a target sends the call to any configured peer that it names, past the routes")
    }
  }
}
