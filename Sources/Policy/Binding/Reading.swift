import Basics

// Values of a tree that the check has looked at. One that is not what it should be was told
// already, and reads as if it were not there.
extension Node {
  func word(_ key: String) -> String? { self[key]?.scalar }

  func count(_ key: String) -> Int? {
    self[key]?.scalar.flatMap { try? Units.count($0, in: 0 ... .max) }
  }

  func interval(_ key: String) -> Interval? { self[key]?.interval }

  /// The length of time that it is.
  var interval: Interval? {
    let all = Interval(nanoseconds: 0)...Interval(nanoseconds: .max)
    return scalar.flatMap { try? Units.interval($0, in: all) }
  }

  func size(_ key: String) -> Int? {
    self[key]?.scalar.flatMap { try? Units.size($0, in: 0 ... .max) }
  }

  /// The items of a list, or the one value; nothing where the key is absent.
  func all(_ key: String) -> [Node] { self[key]?.items ?? [] }

  /// The texts of a list, or the one text.
  func words(_ key: String) -> [String] { all(key).compactMap(\.scalar) }
}

extension Node {
  /// The items of a list that are mappings.
  func mappings(_ key: String) -> [Node] {
    all(key).filter { node in
      if case .mapping = node.content { true } else { false }
    }
  }
}
