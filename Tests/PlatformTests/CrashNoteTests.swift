import Platform
import Testing

@Suite("A note for a crash")
struct CrashNoteTests {
  @Test("what was at hand is written when a trap ends the process")
  func noted() async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      CrashNote.watch()
      CrashNote.set("it was the first\n")
      CrashNote.set("it was the second\n")
      fatalError("on purpose")
    }
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(text.contains("it was the second\n"))
    #expect(!text.contains("it was the first"))
  }
}
