import Admission
import Basics
import Border
import Dialogs
import Rehearsal
import Routing
import SIP
import Testing

/// The scene of most stories: peer `west` with Alice, peer `east` with Bob and Carol, and the
/// border element between them. West's calls go to Bob and then, where that is allowed, to Carol.
final class Stage {
  static let west = "10.1.0.1:5060"
  static let east = "10.2.0.1:5060"
  static let second = "10.2.0.2:5060"

  let world: World
  let element: Element
  let alice: UserAgent
  let bob: UserAgent

  init(
    seed: UInt64 = 1, over transport: Transport = .udp, to other: Transport? = nil,
    layout: Layout = Stage.layout()
  ) {
    world = World(seed: seed)
    element = Element(world, layout.configuration())
    alice = UserAgent("alice", in: world, at: Self.west, over: transport)
    bob = UserAgent("bob", in: world, at: Self.east, over: other ?? transport)
  }

  /// The usual layout, with a change of the route from west to east.
  static func layout(
    targets: [String] = [east], over transport: Transport? = nil,
    _ change: (inout Layout, PeerID, PeerID) -> Void = { _, _, _ in }
  ) -> Layout {
    var layout = Layout()
    let west = layout.peer("west", ["10.1.0.0/16", "fd01::/16"], at: [west])
    let east = layout.peer(
      "east", ["10.2.0.0/16", "fd02::/16"], at: targets, names: ["pbx.east.example"])
    layout.peer("third", ["10.3.0.0/16"], at: ["10.3.0.1:5060"])
    change(&layout, west, east)
    layout.route(from: [west], to: east, at: targets, over: transport)
    layout.route(from: [east], to: west, at: [Self.west])
    return layout
  }

  /// Lets all timers run out: everything that was begun has then come to its end.
  func finish() {
    world.run(for: .seconds(400))
  }

  /// What holds at the end of every story.
  func expectOrder(causes: [Call.Cause], _ place: SourceLocation = #_sourceLocation) {
    let (occupancy, faults, found) = (
      element.occupancy, element.faults, element.ended.map(\.cause)
    )
    #expect(element.isEmpty, "\(occupancy), seed \(world.seed)", sourceLocation: place)
    #expect(faults.isEmpty, "\(faults)", sourceLocation: place)
    #expect(found == causes, sourceLocation: place)
  }
}
