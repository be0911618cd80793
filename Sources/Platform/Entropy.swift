package import Basics
import CLinux

/// Random octets of the kernel, for secrets and for what must not be guessed.
package enum Entropy {
  /// So many octets; it waits only when the machine has just been started and has no entropy yet.
  package static func bytes(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe getrandom(buffer.baseAddress! + filled, count - filled, 0)
      }
      // Only a signal can interrupt it; a kernel without getrandom(2) is too old for this program.
      precondition(got > 0 || linux_errno() == EINTR, "getrandom(2) does not work")
      filled += max(0, got)
    }
    return bytes
  }

  /// Eight octets of getrandom(2). Ends the process where the kernel has none to give: nothing
  /// here is safe without.
  package static func word() -> UInt64 {
    bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// A secret for a keyed hash.
  package static func key() -> Key { Key(word(), word()) }
}
