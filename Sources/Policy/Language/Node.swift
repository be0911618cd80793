/// A value of a policy with its place.
struct Node: Sendable {
  enum Content: Sendable {
    /// Nothing stands there.
    case nothing
    case scalar(String)
    case list([Node])
    case mapping([Entry])
  }

  struct Entry: Sendable {
    var key: String
    /// The place of the key.
    var place: Place
    var value: Node
  }

  var place: Place
  var content: Content

  var scalar: String? {
    guard case .scalar(let text) = content else { return nil }
    return text
  }

  var entries: [Entry] {
    guard case .mapping(let entries) = content else { return [] }
    return entries
  }

  /// The items of a list; a value that stands alone counts as a list of one.
  var items: [Node] {
    switch content {
    case .nothing: []
    case .list(let items): items
    case .scalar, .mapping: [self]
    }
  }

  /// The value under a key of a mapping.
  subscript(_ key: String) -> Node? {
    for entry in entries where entry.key == key { return entry.value }
    return nil
  }

  /// What it is, for a sentence that expects something else.
  var noun: String {
    switch content {
    case .nothing: "nothing"
    case .scalar(let text): "`\(text.shortened)`"
    case .list: "a list"
    case .mapping: "a mapping"
    }
  }
}

extension String {
  /// Long texts are cut, so that a message stays a line.
  var shortened: String { unicodeScalars.count <= 60 ? self : "\(prefix(57))..." }
}
