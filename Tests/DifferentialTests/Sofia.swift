import Foundation

/// The parser of sofia-sip, in a C program that is compiled for the tests, once.
struct Sofia: Sendable {
  private let program: URL

  private static let folder = FileManager.default.temporaryDirectory
    .appending(path: "sallyport-differential-\(UUID().uuidString)")
  private static let compiled = Result { try Sofia() }

  /// What all tests share; gone when the process ends.
  static func shared() throws -> Sofia { try compiled.get() }

  /// Compiles `Sofia/dump.c` into a folder of its own.
  private init() throws {
    atexit { try? FileManager.default.removeItem(at: Sofia.folder) }
    try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
    program = Self.folder.appending(path: "dump")
    let source = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Sofia/dump.c")
    try Self.shell(
      "gcc -O1 -Wall -Wextra -Werror -std=gnu11 -o '\(program.path)' '\(source.path)'"
        + " $(pkg-config --cflags --libs sofia-sip-ua)")
  }

  /// What sofia-sip makes of each message.
  func parse(_ messages: [[UInt8]]) throws -> [Dump] {
    let input = Self.folder.appending(path: "\(UUID().uuidString).in")
    let output = input.deletingPathExtension().appendingPathExtension("out")
    var framed: [UInt8] = []
    for message in messages {
      let count = UInt32(message.count)
      for shift in [24, 16, 8, 0] { framed.append(UInt8(truncatingIfNeeded: count >> shift)) }
      framed += message
    }
    try Data(framed).write(to: input)
    try Self.shell("'\(program.path)' < '\(input.path)' > '\(output.path)'")
    let dumps = Dump.read(try [UInt8](Data(contentsOf: output)))
    for file in [input, output] { try FileManager.default.removeItem(at: file) }
    guard dumps.count == messages.count else {
      throw Failure("sofia-sip told of \(dumps.count) of \(messages.count) messages")
    }
    return dumps
  }

  private static func shell(_ command: String) throws {
    let process = Process()
    let errors = Pipe()
    // The thread that this runs on has signals blocked, and its children would have them too.
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["--default-signal", "sh", "-c", command]
    process.standardError = errors
    try process.run()
    let said = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      throw Failure(
        "`\(command)` failed (\(process.terminationStatus)); `make test` installs what is needed.\n"
          + String(decoding: said, as: UTF8.self))
    }
  }
}

struct Failure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// A message as sofia-sip understood it.
struct Dump: Equatable {
  struct Field: Equatable {
    /// As sofia-sip spells it.
    var name: String
    /// As it is written from the parsed parts; `nil` where sofia-sip could not parse it.
    var value: String?
  }

  /// Empty where there is no message at all.
  var startLine = ""
  /// One for each value of a list that has a structure of its own.
  var fields: [Field] = []
  /// Its length and a hash of it; empty for none.
  var body = ""
  /// Whether a header is bad without which sofia-sip would take no message.
  var isRefused = false

  /// Whether all of it was understood.
  var isWhole: Bool { startLine != "" && !isRefused && fields.allSatisfy { $0.value != nil } }

  static func read(_ octets: [UInt8]) -> [Dump] {
    var all: [Dump] = []
    var dump = Dump()
    for line in octets.split(separator: 0x0a, omittingEmptySubsequences: true) {
      if line.elementsEqual([0x2e]) {
        all.append(dump)
        dump = Dump()
      } else {
        dump.take(line)
      }
    }
    return all
  }

  private mutating func take(_ line: ArraySlice<UInt8>) {
    let text = String(decoding: line.dropFirst(2), as: UTF8.self)
    switch line.first {
    case UInt8(ascii: "S"): startLine = text
    case UInt8(ascii: "B"): body = text
    case UInt8(ascii: "F"): isRefused = true
    case UInt8(ascii: "!"): fields.append(Field(name: text, value: nil))
    case UInt8(ascii: "H"):
      let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      let value = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
      fields.append(Field(name: String(parts[0]), value: String(value)))
    default: break
    }
  }
}
