import Admission
import Basics
import Rehearsal
import Routing
import Testing

@testable import Border

@Suite("The rules of a policy are held by its stages alone, and go with them")
struct RulesAreHeldOnce {
  @Test("a border keeps the first policy's rules no longer than the first policy")
  func first() {
    let now = Instant(nanoseconds: 1_000_000_000)
    let seed = Seed(tokens: Key(1, 2), hashes: Key(3, 4), generations: 5)
    let configuration = Stage.layout().configuration()
    let border = Border(configuration, seed: seed, now: now)
    let routes = border.core.configuration.routing.routes.count
    let sources = border.core.configuration.admission.sources.count
    let listeners = border.core.configuration.listeners.count
    #expect(!configuration.routing.routes.isEmpty && !configuration.admission.sources.isEmpty)
    #expect(routes == 0 && sources == 0 && listeners == configuration.listeners.count)
  }
}
