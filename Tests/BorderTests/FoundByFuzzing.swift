import Onslaught
import Testing

@Suite("What a fuzzer found stays mended")
struct FoundByFuzzing {
  @Test(
    "scripts of `Onslaught` under which something did not hold",
    arguments: [
      // A call that found no room was counted as one, and nobody was told of its end.
      "1&00O&00O&00O"
    ])
  func scripts(script: String) {
    let faults = Onslaught.faults(Array(script.utf8))
    #expect(faults == [])
  }
}
