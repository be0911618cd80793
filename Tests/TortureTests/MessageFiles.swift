import COpenSSL
import Foundation
import Torture

/// The folders of messages that come with the program.
enum MessageFiles {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Torture")

  /// The messages of a folder by name, without their endings.
  static func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
      .filter { $0.hasSuffix(".msg") }.map { String($0.dropLast(4)) }.sorted()
  }

  static func text(_ name: String, in folder: String) throws -> [UInt8] {
    Array(try Data(contentsOf: root.appending(path: "\(folder)/\(name).msg")))
  }

  /// The octets on the wire.
  static func message(_ name: String, in folder: String) throws -> [UInt8] {
    try Markup.expand(try text(name, in: folder))
  }
}

/// SHA-256 in hexadecimal digits.
func sha256(_ octets: [UInt8]) -> String {
  var digest = [UInt8](repeating: 0, count: 32)
  // The digest of SHA-256 has 32 octets, for which there is room.
  let done = unsafe EVP_Digest(octets, octets.count, &digest, nil, EVP_sha256(), nil)
  precondition(done == 1, "OpenSSL has SHA-256")
  return digest.map { ($0 < 0x10 ? "0" : "") + String($0, radix: 16) }.joined()
}
