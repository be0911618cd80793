import ArgumentParser
import Foundation
import Policy

/// `sallyport diff OLD NEW`: what a change of a policy changes.
struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say which requests get another verdict under another policy.",
    discussion: """
      It is no comparison of texts: requests are made that tell the conditions of both policies \
      apart, and each is put to both, in a border element that is made for it. Of each kind of \
      requests that get another verdict one is shown, as `sallyport explain` and a test file \
      take it. Settings that no verdict shows, such as timers and limits, follow.

        sallyport diff running.yaml edge.yaml
        git show HEAD:edge.yaml | sallyport diff - edge.yaml

      What stands in another order and means the same is no difference. What has another name and \
      is the same otherwise is told as renamed. Calls are set up under each policy for itself, \
      and requests within them compared, where a peer may send other methods or is heard from \
      other places. Large policies are compared up to a bound, and it is said what was left out.

      With --message both policies are asked about that message alone, a file, - for the standard \
      input, or a short form such as `sallyport explain` takes:

        sallyport diff running.yaml edge.yaml --message invite.sip --from 198.51.100.10

      Exit status: 0 when there is no difference, 1 when there are some, or when not all could be \
      compared, 2 when a policy or the message cannot be read.
      """)

  @Argument(help: "The policy as it is.", completion: .file(extensions: ["yaml", "yml"]))
  var old: String

  @Argument(help: "The policy as it is to be.", completion: .file(extensions: ["yaml", "yml"]))
  var new: String

  @Option(help: "Compare them for this message alone: a file, -, or \"METHOD URI\".")
  var message: String?

  @Option(help: "Where that comes from: an address, and perhaps a port (5060 without).")
  var from: String?

  @OptionGroup(title: "The message")
  var said: MessageOptions

  @Option(help: "text or json.")
  var format = Explain.Format.text

  func validate() throws {
    guard message == nil else {
      if from == nil { throw ValidationError("--message needs --from, the address it comes from") }
      return
    }
    if from != nil || said.isSaid {
      throw ValidationError("--from and what else is said of a message belong to --message")
    }
  }

  func run() throws {
    let library = Library.shell([old, new] + (message.map { [$0] } ?? []))
    let (before, after) = (try load(old, library), try load(new, library))
    if let message { return try compare(message, library, before, after) }
    let comparison = Comparison.of(before, after)
    if format == .json { print(comparison.json) } else { Speech.tell(comparison.text) }
    if !comparison.isEmpty || !comparison.gaps.isEmpty { throw ExitCode(1) }
  }

  private func compare(
    _ message: String, _ library: Library, _ before: Snapshot, _ after: Snapshot
  ) throws {
    do {
      let octets = try said.octets(of: message, from: library)
      var question = Question(octets.map { Mended($0) }, from: from ?? "")
      (question.request, question.headers) = (message, said.headers)
      question.body = said.body
      (question.listener, question.transport) = (said.to, said.transport)
      (question.answers, question.time) = (said.answers, said.at)
      let verdicts = try Verdicts.of(question, before, after)
      if format == .json { print(verdicts.json) } else { Speech.tell(verdicts.text) }
      if !verdicts.isSame { throw ExitCode(1) }
    } catch let rejection as Rejection {
      throw ExitCode.unreadable(rejection.description)
    } catch let misuse as Misuse {
      throw ExitCode.unreadable("sallyport diff: \(misuse)")
    }
  }

  private func load(_ path: String, _ library: Library) throws -> Snapshot {
    do throws(Rejection) {
      return try Snapshot.load(path: path, from: library)
    } catch {
      throw ExitCode.unreadable(error.description)
    }
  }
}
