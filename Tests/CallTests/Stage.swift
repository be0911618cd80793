import Foundation

/// A folder for one test's files, gone afterwards unless the test threw.
func withFolder<Found>(_ body: (URL) async throws -> Found) async throws -> Found {
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "sallyport-calls-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  let found: Found
  do {
    found = try await body(folder)
  } catch {
    throw Failure("\(error)\n(files are left in \(folder.path))")
  }
  try FileManager.default.removeItem(at: folder)
  return found
}

/// Lets only so many through at a time: more calls at once than the machine carries would show the
/// machine's limits and not the element's.
actor Turnstile {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ places: Int) { free = places }

  /// Waits for a place, and gives it back however the body ends.
  nonisolated func pass<Outcome>(_ body: () async throws -> Outcome) async throws -> Outcome {
    await enter()
    do {
      let outcome = try await body()
      await leave()
      return outcome
    } catch {
      await leave()
      throw error
    }
  }

  private func enter() async {
    if free > 0 { return free -= 1 }
    await withCheckedContinuation { waiting.append($0) }
  }

  private func leave() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}
