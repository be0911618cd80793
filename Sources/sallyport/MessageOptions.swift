import ArgumentParser
import Foundation
import Policy

/// What a command line says of a message besides itself and its source.
struct MessageOptions: ParsableArguments {
  @Option(help: "The name of the listener that it comes to. (default: the first that fits)")
  var to: String?

  @Option(help: "udp or tcp. (default: that of the listener)")
  var transport: String?

  @Option(
    name: .customLong("header"),
    help: ArgumentHelp(
      "A header of the short form, in place of the usual one; without a value it is left out.",
      valueName: "name: value"))
  var headers: [String] = []

  @Option(help: "The body of the short form.")
  var body = ""

  @Option(
    name: .customLong("answer"),
    help: ArgumentHelp(
      "What a host name that is asked for comes to: an address, or none.",
      valueName: "name=address"))
  var answers: [String] = []

  @Option(help: "When, such as 2026-11-21T08:30:00Z. (default: now)")
  var at: String?

  /// Whether any of it was said.
  var isSaid: Bool {
    to != nil || transport != nil || at != nil || !headers.isEmpty || !answers.isEmpty
      || !body.isEmpty
  }

  /// The octets of a message as a command line names it: a file, or `-` for the standard input;
  /// `nil` for a short form.
  func octets(of message: String, from library: Library) throws -> [UInt8]? {
    // A method and a URI have a space between them, which few files have in their names.
    let isShort = message.contains(" ") && !FileManager.default.fileExists(atPath: message)
    if !isShort, !headers.isEmpty {
      throw ValidationError("`--header` is for the short form of a request, and this is a file")
    }
    return isShort ? nil : try Snapshot.octets(of: message, from: library)
  }
}
