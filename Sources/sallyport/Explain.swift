import ArgumentParser
import Foundation
import Policy

/// `sallyport explain POLICY MESSAGE --from ADDRESS`: what would become of one message, and why.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what a policy does with one message, stage by stage, and why.",
    discussion: """
      MESSAGE is a file with the whole message, `-` for the standard input, or the short form of a \
      request, whose usual headers are then added:

        sallyport explain edge.yaml invite.sip --from 198.51.100.10:5060 --to udp4
        sallyport explain edge.yaml "INVITE sip:+493012345@example.com" --from 198.51.100.10

      The message meets the very pipeline that serves, in a border element that is made for it and \
      is empty: nothing is sent, and no name is looked up. Each stage is shown with its verdict, \
      what decided it, and where that stands in the policy; then what leaves, with the lines that \
      were taken out (-) and put in (+), and what the sender gets.

      Exit status: 0 when it could be explained, whatever the verdict; 2 when the policy or the \
      message cannot be read.
      """)

  @Argument(
    help: "The policy file, or - for the standard input.",
    completion: .file(extensions: ["yaml", "yml"]))
  var policy: String

  @Argument(help: "A file with the message, - for the standard input, or \"METHOD URI\".")
  var message: String

  @Option(help: "Where it comes from: an address, and perhaps a port (5060 without).")
  var from: String

  @OptionGroup(title: "The message")
  var said: MessageOptions

  @Option(help: "text or json.")
  var format = Format.text

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  func validate() throws {
    guard policy != message else {
      throw ValidationError("the policy and the message cannot both be `\(policy)`")
    }
  }

  func run() throws {
    do {
      let library = Library.shell([policy, message])
      let snapshot = try Snapshot.load(path: policy, from: library)
      let explanation = try Explanation.of(
        try said.octets(of: message, from: library).map { Mended($0) },
        short: (message, said.headers), body: said.body, from: from, to: said.to,
        transport: said.transport, answers: said.answers, at: said.at, under: snapshot)
      if format == .json { print(explanation.json) } else { Speech.tell(explanation.text) }
    } catch let rejection as Rejection {
      throw ExitCode.unreadable(rejection.description)
    } catch let misuse as Misuse {
      throw ExitCode.unreadable("sallyport explain: \(misuse)")
    }
  }
}

extension ExitCode {
  /// Says what could not be read.
  static func unreadable(_ text: String) -> ExitCode {
    Speech.say(text)
    return ExitCode(2)
  }
}
