import Foundation
import Platform

/// What the program says to people and to programs.
enum Speech {
  /// The status where the standard output cannot be written (`EX_IOERR` of sysexits.h).
  static let unwritten: Int32 = 74

  /// Before anything else: a stream that is closed must not become a socket.
  static func prepare() {
    StandardStreams.hold()
    StandardStreams.watchOutput(status: unwritten)
  }

  /// Text for people, to the standard output.
  static func tell(_ text: String, terminator: String = "\n") {
    print(text.harmless, terminator: terminator)
  }

  /// A line or several, to the standard error. Where nobody can be told, the exit status still is.
  static func say(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data((text.harmless + "\n").utf8))
  }
}

extension String {
  /// The text without what could steer a terminal: a message or a file that others wrote may hold
  /// escapes that clear a screen, or turn the direction of writing. Each is shown by its number.
  var harmless: String {
    if utf8.allSatisfy({ $0 == 0x0a || 0x20..<0x7f ~= $0 }) { return self }
    var text = ""
    for scalar in unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control where scalar == "\n" || scalar == "\t": text.unicodeScalars.append(scalar)
      case .control: text += "\\x" + scalar.hexadecimal(2)
      case .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse:
        text += "\\u{" + scalar.hexadecimal(4) + "}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

extension Unicode.Scalar {
  fileprivate func hexadecimal(_ width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(width - digits.count, 0)) + digits
  }
}
