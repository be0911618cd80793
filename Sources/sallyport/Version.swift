/// What this program calls itself: the one place that says so.
enum Version {
  /// Major, minor and patch, as semver.org has them.
  static let text = "0.1.0"
}
