import BasicContainers
import Basics
import SDP

/// What must hold of every session description that can be read: all that can be asked of it has an
/// answer, and with new addresses, ports and directions in it, it can be read again and says so.
package struct Descriptions: ~Copyable {
  private var table = DescriptionTable()
  private var patch = Patch()
  private var out = RigidArray<UInt8>(capacity: 1 << 17)

  package init() {}

  package enum Outcome: Hashable, Sendable {
    case malformed
    /// It was read; with all changes it would be beyond a limit.
    case tooMuch
    case sound
    /// What did not hold.
    case broken(String)
  }

  /// Reads octets, asks, changes and reads again.
  package mutating func take(_ octets: Span<UInt8>) -> Outcome {
    do throws(Malformed) {
      try Parser.parse(octets, into: &table)
    } catch {
      guard error.offset <= octets.count else { return .broken("a fault behind the end") }
      return .malformed
    }
    return Self.take(octets, table, &patch, &out)
  }

  private static func take(
    _ octets: Span<UInt8>, _ table: borrowing DescriptionTable, _ patch: inout Patch,
    _ out: inout RigidArray<UInt8>
  ) -> Outcome {
    let sdp = Description(octets, table)
    ask(sdp)
    change(sdp, &patch)
    let count = patch.count(of: sdp)
    guard !patch.failed, count <= Limits.description,
      sdp.lines.count + 3 * sdp.media.count <= Limits.lines
    else { return .tooMuch }
    out.removeAll()
    out.append(addingCount: out.freeCapacity) { patch.write(sdp, into: &$0) }
    guard out.count == count else { return .broken("\(out.count) octets instead of \(count)") }
    return isChanged(out, media: sdp.media.count) ? .sound : .broken("a change is lost")
  }

  private static func ask(_ sdp: borrowing Description) {
    for line in 0..<sdp.lines.count {
      _ = (sdp.connection(at: line), sdp.bandwidth(at: line), sdp.timeActive(at: line))
      guard let attribute = sdp.attribute(at: line) else { continue }
      _ = (sdp.rtpMap(attribute), sdp.rtcp(attribute))
    }
    for place in 0..<sdp.media.count {
      var formats = sdp.media[place].formats
      while sdp.nextWord(&formats) != nil {}
    }
  }

  private static let ipv4 = Address(ipv4: 0xcb00_7107)
  private static let ipv6 = Address(high: 0x2001_0db8_0000_0000, low: 0xff00_0000_0000_0001)

  private static func change(_ sdp: borrowing Description, _ patch: inout Patch) {
    patch.reset()
    for place in 0..<sdp.media.count {
      patch.setConnection(ipv6, in: .media(place), of: sdp)
      patch.setPort(40_000, ofMedia: place, in: sdp)
      patch.setDirection(.sendonly, ofMedia: place, in: sdp)
    }
    patch.setOrigin(ipv4, of: sdp)
  }

  private static func isChanged(_ out: borrowing RigidArray<UInt8>, media: Int) -> Bool {
    var again = DescriptionTable()
    do throws(Malformed) {
      try Parser.parse(out.span, into: &again)
    } catch {
      return false
    }
    let sdp = Description(out.span, again)
    guard sdp.media.count == media else { return false }
    for place in 0..<media {
      guard sdp.connection(ofMedia: place)?.address == ipv6, sdp.media[place].port == 40_000,
        sdp.direction(ofMedia: place) == .sendonly
      else { return false }
    }
    return sdp.origin.connection.address == ipv4
  }
}
