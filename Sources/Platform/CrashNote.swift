import CLinux

/// A line that is written to the standard error when a trap or a fault ends the process: which
/// input it was that did it. Nothing needs to be written before, and nothing is lost.
package enum CrashNote {
  /// Begins to watch; to be called once, before the first note.
  package static func watch() { linux_watch_crashes() }

  /// Says what is at hand from now on; empty for nothing.
  /// - Parameter text: at most 512 octets of it are kept.
  package static func set(_ text: String) { unsafe linux_note_for_crash(text) }
}
