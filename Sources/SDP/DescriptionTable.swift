import BasicContainers
import Basics

/// The lines of the description at hand. It belongs to a worker and is filled anew for each
/// description, by `Parser.parse`; nothing is allocated after it was made.
package struct DescriptionTable: ~Copyable {
  var lines: RigidArray<Line>
  var media: RigidArray<MediaDescription>
  var origin = Origin()

  /// Allocates room for `Limits.lines` lines, once for each worker.
  package init() {
    lines = RigidArray(capacity: Limits.lines)
    media = RigidArray(capacity: Limits.media)
  }

  mutating func reset() {
    lines.removeAll()
    media.removeAll()
    origin = Origin()
  }

  /// The lines of the session, before any `m=`.
  var sessionLines: Range<Int> {
    0..<(media.isEmpty ? lines.count : media[0].lines.lowerBound)
  }
}
