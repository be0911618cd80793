import Foundation
import Platform
import Torture

/// Which message is at hand: a line on the terminal that writes over itself, and a note for the
/// case that the process does not live to say more.
struct Progress {
  private let isTerminal = Terminal([2]).isThere

  init() { CrashNote.watch() }

  func tell(_ attempt: Attempt, _ place: Int, _ count: Int) {
    let name = "\(attempt.of.folder)/\(attempt.title)"
    CrashNote.set("sallyport torture: it ended at \(name)\n")
    if isTerminal { write("\r\u{1b}[K\(place + 1)/\(count) \(name)") }
  }

  func end() {
    CrashNote.set("")
    if isTerminal { write("\r\u{1b}[K") }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
