import ArgumentParser
import Foundation
import Testing

@testable import sallyport

@Suite("What the program says of its own use")
struct HelpTests {
  private static let verbs = Sallyport.configuration.subcommands

  /// Words with single blanks between them, however the lines were broken.
  private static func flat(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private static func name(_ verb: any ParsableCommand.Type) -> String {
    verb.configuration.commandName ?? "\(verb)".lowercased()
  }

  @Test("the first page has every verb, with what it does")
  func root() {
    let page = Self.flat(Sallyport.helpMessage(columns: 80))
    for verb in Self.verbs {
      let abstract = verb.configuration.abstract
      #expect(abstract.count > 10 && abstract.hasSuffix("."), "\(Self.name(verb))")
      #expect(page.contains("\(Self.name(verb)) \(abstract)"), "\(Self.name(verb))")
    }
    #expect(page.contains("Exit status: 0 when all is well"))
  }

  @Test("the page of a verb has a text besides its one line, and is no wider than a terminal")
  func pages() {
    for verb in Self.verbs {
      let page = Sallyport.helpMessage(for: verb, columns: 80)
      #expect(verb.configuration.discussion.count > 40, "\(Self.name(verb))")
      let lines = page.split(separator: "\n").filter { !$0.hasPrefix("USAGE: ") }
      #expect(lines.allSatisfy { $0.count <= 80 }, "\(page)")
    }
  }

  /// What a program reads of the commands and their arguments.
  private struct Dump: Decodable {
    struct Argument: Decodable {
      var kind: String
      var valueName: String?
      var abstract: String?
    }

    struct Command: Decodable {
      var commandName: String
      var subcommands: [Command]?
      var arguments: [Argument]?
    }

    var command: Command
  }

  @Test("every argument and option is told what it is for, on the page of its verb")
  func arguments() throws {
    let dump = try JSONDecoder().decode(Dump.self, from: Data(Sallyport._dumpHelp().utf8))
    var count = 0
    for command in dump.command.subcommands ?? [] {
      guard let verb = Self.verbs.first(where: { Self.name($0) == command.commandName }) else {
        continue
      }
      let page = Self.flat(Sallyport.helpMessage(for: verb, columns: 80))
      for argument in command.arguments ?? [] {
        let name = "\(command.commandName): \(argument.valueName ?? argument.kind)"
        let abstract = try #require(argument.abstract, "\(name)")
        #expect(abstract.count > 5, "\(name)")
        #expect(page.contains(Self.flat(abstract)), "\(name)")
        count += 1
      }
    }
    #expect(count > 25)
  }
}
