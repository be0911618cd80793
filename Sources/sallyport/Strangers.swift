import Border
import SIP

extension Report {
  /// One line for whatever came from unknown sources since the last one. Who writes it keeps it
  /// rare; it takes nothing from the budget of the other lines.
  mutating func add(_ strangers: Strangers, wall: Int64) {
    guard level <= .info else { return }
    let redacted = redacted
    line.add(.info, "source.unknown", wall: wall) { out in
      source(strangers.first, redacted, &out)
      out.field("count", strangers.count)
    }
  }
}
