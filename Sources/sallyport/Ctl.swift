import ArgumentParser
import Basics
import Foundation
import Platform
import Policy

/// `sallyport ctl ORDER`: speaks to an element that serves.
struct Ctl: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Speak to an element that serves.",
    discussion: """
      It listens at the Unix socket that its policy names (`element: { control: PATH }`), which \
      nobody but its own user and root may open.

        reload  load its policy anew, as SIGHUP does, and say what came of it
        status  say which policy is in force, and what goes on
        dump    say how much its tables hold, as SIGUSR1 does to its log
        drain   end in order, as SIGTERM does; a second time ends at once what is left

      Exit status: 0 when it was done, 1 when it was refused or nobody answers, 2 when the policy \
      of `--policy` does not say where the socket is, 64 for a wrong use of this command.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Argument(help: "What it is to do: \(Order.allCases.map(\.rawValue).joined(separator: ", ")).")
  var order: Order

  @Option(
    help: ArgumentHelp("The socket.", valueName: "path"), completion: .file())
  var socket: String?

  @Option(
    help: ArgumentHelp("The policy that names the socket.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var policy: String?

  @Option(help: "How a status is written: for people, or as JSON.")
  var format = Format.text

  /// How long an answer may take: a large policy is loaded and built before it comes.
  private static let patience = Interval.seconds(60)

  func validate() throws {
    guard (socket == nil) != (policy == nil) else {
      throw ValidationError("name the socket: `--socket PATH`, or `--policy FILE` that names it")
    }
    guard format == .text || order == .status else {
      throw ValidationError("only `status` can be written as JSON")
    }
  }

  func run() throws {
    let path = try socket ?? socketOfPolicy()
    let answer = try ask(path)
    let text = answer.text.hasSuffix("\n") ? String(answer.text.dropLast()) : answer.text
    guard answer.isDone else {
      Speech.say(text)
      throw ExitCode(1)
    }
    if format == .json { print(text) } else { Speech.tell(text) }
  }

  private func ask(_ path: String) throws -> Order.Answer {
    do throws(Platform.Refusal) {
      let line = try ControlLine(to: path, patience: Self.patience)
      let request = format == .json ? "\(order.rawValue) json" : order.rawValue
      if let answer = Order.Answer(line.ask(request)) { return answer }
      Speech.say("sallyport: \(path): it gave no answer; only its own user and root may ask")
    } catch {
      Speech.say("sallyport: nobody to speak to: \(error)")
    }
    throw ExitCode(1)
  }

  private func socketOfPolicy() throws -> String {
    let file = policy ?? ""
    do throws(Rejection) {
      if let path = try Snapshot.controlPath(file: file) { return path }
      Speech.say("sallyport: \(file) names no control socket (`element: { control: PATH }`)")
    } catch {
      Speech.say(error.description)
    }
    throw ExitCode(2)
  }
}

extension Order: ExpressibleByArgument {}
