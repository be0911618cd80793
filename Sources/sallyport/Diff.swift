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

      What stands in another order and means the same is no difference.

      Exit status: 0 when there is no difference, 1 when there are some, 2 when a policy cannot be \
      loaded.
      """)

  @Argument(help: "The policy as it is.", completion: .file(extensions: ["yaml", "yml"]))
  var old: String

  @Argument(help: "The policy as it is to be.", completion: .file(extensions: ["yaml", "yml"]))
  var new: String

  @Option(help: "text or json.")
  var format = Explain.Format.text

  func run() throws {
    let library = Library.shell([old, new])
    let comparison = Comparison.of(try load(old, library), try load(new, library))
    if format == .json { print(comparison.json) } else { Speech.tell(comparison.text) }
    if !comparison.isEmpty { throw ExitCode(1) }
  }

  private func load(_ path: String, _ library: Library) throws -> Snapshot {
    do throws(Rejection) {
      return try Snapshot.load(path: path, from: library)
    } catch {
      throw ExitCode.unreadable(error.description)
    }
  }
}
