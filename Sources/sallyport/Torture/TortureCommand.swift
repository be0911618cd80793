import ArgumentParser
import Foundation
import Platform
import Policy
import Torture

/// `sallyport torture [FOLDER…]`: what an element does with torture messages.
struct TortureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "torture",
    abstract: "Put torture messages to a SIP element, and judge what it does with them.",
    discussion: """
      A folder holds messages (*.msg, in the markup of RFC 4475 §2) and a file EXPECTED, with a \
      line for each of them:

        ncl      proxy,uas  udp:400 stream:400+close ~ stream:close  §3.1.2.3
        regaut01 proxy      forward[keeps=Authorization]             §3.3.7

      Before `~` stands what the RFC asks for, after it what it leaves open: tolerated, counted, \
      and no failure. A file without a line fails the run, and so does a line without a file.

      Without a folder it is those of the project, below Torture/. With --target they go to any \
      element over the network. Without it each message is put to an \
      element of its own, within this process, through the pipeline that serves; afterwards it has \
      to answer an OPTIONS, and nothing may be left in its tables when its timers are over. \
      Whatever it sends is held to be clean as well: it parses, ends with its body, and repeats no \
      fault of what came in.

      Exit status: 0 when all is as the RFC asks or tolerates, 1 when something failed or was not \
      played, 2 when a folder or policy cannot be read, or nothing is about the role.
      """)

  /// The folders of the project.
  static let own = ["Torture/rfc4475", "Torture/rfc5118", "Torture/found"]

  @Argument(
    help: "Folders of messages; those of the project where none is named.",
    completion: .directory)
  var folders: [String] = []

  @Option(
    help: "The policy to play under; the quickstart where none is named.",
    completion: .file(extensions: ["yaml", "yml"]))
  var policy: String?

  @Option(
    help: "The address that the messages come from, in this process. (default: 127.0.0.2)")
  var from: String?

  @Option(help: "text or json.")
  var format = Explain.Format.text

  @Option(help: "Write the results as JUnit's XML to this file as well.", completion: .file())
  var junit: String?

  @Option(
    help: ArgumentHelp(
      """
      Play nothing: write the octets of each message to NAME.sip in this directory, for other \
      programs.
      """, valueName: "directory"), completion: .directory)
  var write: String?

  @OptionGroup(title: "Over the network")
  var network: NetworkOptions

  @OptionGroup(title: "Mutants")
  var mutants: MutateOptions

  func run() throws {
    if let fault = network.idle ?? mutants.fault { throw NetworkOptions.wrong(fault) }
    if network.target != nil,
      let idle = policy.map({ _ in "--policy" }) ?? from.map({ _ in "--from" })
    {
      throw NetworkOptions.wrong(
        "\(idle) is for playing in this process; with --target it is --listen that names an address"
      )
    }
    if mutants.isAsked { return try mutate() }
    if mutants.rate != nil {
      throw NetworkOptions.wrong("--rate is for mutants: it needs --mutate")
    }
    if let write { return try self.write(to: write) }
    let folders = try read()
    let role = try network.chosenRole()
    guard folders.contains(where: { $0.isPlayed(as: role) }) else {
      throw NetworkOptions.wrong("there is nothing to play: no line is about a \(role.rawValue)")
    }
    let progress = Progress()
    let (report, fault): (Torture.Report, String?)
    do {
      defer { progress.end() }
      if let target = network.target {
        (report, fault) = try network.play(folders, to: target, tell: progress)
      } else {
        (report, fault) = (try rehearse(folders, tell: progress), nil)
      }
    }
    print(format == .json ? report.json : report.text)
    if let junit { try Self.write(report.junit, to: junit) }
    if let fault { throw NetworkOptions.wrong(fault) }
    if report.hasFailed { throw ExitCode(1) }
  }

  /// Puts mutants to an element in this process, or to the target.
  private func mutate() throws {
    guard policy == nil, from == nil, folders.isEmpty, junit == nil, write == nil else {
      throw NetworkOptions.wrong(
        "mutants are put to the quickstart in this process, or to --target: no folder, policy, "
          + "address, JUnit or --write")
    }
    if network.target == nil, mutants.rate != nil {
      throw NetworkOptions.wrong("--rate is for mutants over the network: it needs --target")
    }
    if network.target != nil, let idle = network.idleForMutants { throw NetworkOptions.wrong(idle) }
    let (report, fault) = try network.target.map(bombard) ?? (bombard(), nil)
    print(format == .json ? report.json : report.text)
    if let fault { throw NetworkOptions.wrong(fault) }
    if report.hasFailed { throw ExitCode(1) }
  }

  private func bombard(_ target: String) throws -> (MutantReport, String?) {
    let progress = MutantProgress()
    defer { progress.end() }
    if let number = mutants.mutant, format == .text { print(mutants.text(of: number)) }
    return try network.bombard(target, mutants, tell: progress)
  }

  private func bombard() throws -> MutantReport {
    let snapshot: Snapshot
    do throws(Rejection) {
      snapshot = try Snapshot.load(text: Quickstart.text, name: "quickstart", cores: 1)
    } catch {
      throw ExitCode.unreadable(error.description)
    }
    let progress = MutantProgress()
    defer { progress.end() }
    if let number = mutants.mutant, format == .text { print(mutants.text(of: number)) }
    return mutants.play(snapshot, tell: progress)
  }

  /// Writes the messages as they would be sent.
  private func write(to directory: String) throws {
    guard network.target == nil, policy == nil, junit == nil else {
      throw NetworkOptions.wrong("--write plays nothing: no policy, target or JUnit")
    }
    let folders = try read()
    do throws(Octets.Unwritten) {
      let octets = try Octets(of: folders)
      try octets.write(to: directory)
      print("\(octets.count) messages are in \(directory)")
    } catch {
      throw ExitCode.unreadable(error.sentence)
    }
  }

  /// Plays them in this process.
  private func rehearse(_ folders: [Folder], tell progress: Progress) throws -> Torture.Report {
    var player = try self.player()
    var report = Torture.Report(
      of: "sallyport \(Version.text) in process, policy \(policy ?? "quickstart")")
    report.play(folders, as: .proxy, by: &player, tell: progress.tell)
    return report
  }

  /// All that cannot be read is said at once.
  private func read() throws -> [Folder] {
    var read: [Folder] = []
    var findings: [String] = []
    for path in folders.isEmpty ? Self.own : folders {
      do throws(Expected.Broken) {
        read.append(try Folder.read(path))
      } catch {
        findings += error.findings
      }
    }
    guard findings.isEmpty else {
      let isLost = folders.isEmpty && read.isEmpty
      let way = isLost ? ["name folders, or run it where Torture/ of the project is"] : []
      throw ExitCode.unreadable((findings + way).joined(separator: "\n"))
    }
    return read
  }

  private func player() throws -> InProcess {
    do {
      let snapshot =
        if let policy {
          try Snapshot.load(path: policy)
        } else {
          try Snapshot.load(text: Quickstart.text, name: "quickstart")
        }
      return try from.map { try InProcess(snapshot, from: $0) } ?? InProcess(snapshot)
    } catch let rejection as Rejection {
      throw ExitCode.unreadable(rejection.description)
    } catch let misuse as Misuse {
      throw ExitCode.unreadable("sallyport torture: \(misuse)")
    }
  }

  static func write(_ text: String, to path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    } catch {
      throw ExitCode.unreadable("\(path): it cannot be written: \(error.localizedDescription)")
    }
  }
}
