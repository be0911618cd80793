import ArgumentParser
import Basics
import Capture
import Foundation
import Platform
import Torture
import TorturePlay

/// What says that messages go over the network, and how.
struct NetworkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Play over the network to this element: udp:HOST:PORT, or tcp:HOST:PORT for all over TCP. \
      With udp, what asks for a stream goes over TCP to the same port.
      """, valueName: "target"))
  var target: String?

  @Option(help: "What the target is taken for: proxy, uas or registrar. (default: proxy)")
  var role: String?

  @Option(
    help: ArgumentHelp(
      """
      The address that messages come from. Answers go to the ports that their Vias name, so these \
      are opened there. (default: 127.0.0.2 for a target on the loopback)
      """, valueName: "address"))
  var listen: String?

  @Option(
    help: ArgumentHelp(
      """
      Where the target forwards to: requests are awaited there, by UDP and TCP, and answered; may \
      be said more than once. (default for a proxy: 127.0.0.1:5070)
      """, valueName: "address:port"))
  var behind: [String] = []

  @Flag(help: "Let the top Via of each message name a socket of this program.")
  var rewriteVia = false

  @Flag(help: "Give each message a Call-ID and branch of its own, to play again within 32 s.")
  var fresh = false

  @Flag(help: "Go on when the target no longer answers.")
  var keepGoing = false

  @Option(help: "How many seconds the first sign of each message is waited for. (default: 1.5)")
  var timeout: String?

  @Option(
    help: "Write all that is sent and received to this file, for Wireshark.", completion: .file())
  var pcap: String?

  /// Whether any of them was said without the one that gives them a meaning.
  var idle: String? {
    guard target == nil else { return nil }
    let said = [
      (role != nil, "--role"), (listen != nil, "--listen"), (!behind.isEmpty, "--behind"),
      (rewriteVia, "--rewrite-via"), (fresh, "--fresh"), (keepGoing, "--keep-going"),
      (timeout != nil, "--timeout"), (pcap != nil, "--pcap"),
    ]
    return said.first { $0.0 }.map { "\($0.1) is for playing over the network: it needs --target" }
  }

  /// The role that was asked for.
  func chosenRole() throws -> Role {
    guard let role else { return .proxy }
    if let known = Role(rawValue: role) { return known }
    throw Self.wrong("`\(role)` is no role: proxy, uas or registrar")
  }

  /// What says how messages of folders are sent, and nothing to mutants.
  var idleForMutants: String? {
    let said = [(rewriteVia, "--rewrite-via"), (fresh, "--fresh")].first { $0.0 }
    return said.map {
      "\($0.1) is for folders: mutants always name this program, and are always new"
    }
  }

  /// Puts mutants to the target.
  /// - Returns: what came of it, and what is wrong with the capture.
  func bombard(
    _ target: String, _ mutants: MutateOptions, tell: MutantProgress
  ) throws -> (report: MutantReport, fault: String?) {
    do {
      let plan = try plan(target)
      let seed = mutants.seed ?? 1
      let barrage = try Barrage(
        plan, Mutator(seed: seed), rate: mutants.rate ?? 200, run: Self.run())
      let numbers = mutants.numbers
      let begin = Clock.now()
      barrage.play(numbers) { number in
        tell.note(number)
        if number % 64 == 0 { tell.tell(number, numbers.count) }
      }
      var report = MutantReport(seed: seed)
      report.duration = Clock.now() - begin
      report.toll = barrage.toll
      report.subject = "\(plan.target)"
      report.remarks = barrage.remarks
      report.end = barrage.end
      return (report, fault(of: plan))
    } catch let hindrance as Hindrance {
      throw Self.wrong("\(hindrance)")
    } catch let failure as CaptureFile.Failure {
      throw Self.wrong("\(failure)")
    }
  }

  /// A word that no other run has.
  private static func run() -> String { String(Clock.wall() / 1_000_000, radix: 36) }

  /// What is wrong with the capture: it is told when the results have been.
  private func fault(of plan: Plan) -> String? {
    guard let capture = plan.capture, !capture.flush() else { return nil }
    return "\(pcap ?? ""): it could not be written to its end"
  }

  /// Plays the folders to the target.
  /// - Returns: what came of it, and what is wrong with the capture.
  func play(_ folders: [Folder], to target: String, tell: Progress) throws -> (
    report: Torture.Report, fault: String?
  ) {
    do {
      let plan = try plan(target)
      let cases = folders.flatMap(\.cases).filter { $0.role == plan.role }
      var player = try NetworkPlayer(plan, cases: cases, run: Self.run())
      var report = Torture.Report(of: "\(plan.target)")
      report.play(folders, as: plan.role, over: player.only, by: &player, tell: tell.tell)
      report.remarks += player.remarks
      if report.count(.fail) > 0, !fresh {
        report.remarks.append(
          "an element knows a message for 32 s: to play them again sooner, say --fresh")
      }
      return (report, fault(of: plan))
    } catch let hindrance as Hindrance {
      throw Self.wrong("\(hindrance)")
    } catch let failure as CaptureFile.Failure {
      throw Self.wrong("\(failure)")
    }
  }

  private func plan(_ target: String) throws -> Plan {
    var plan = Plan(try Target(target), pace: Pace(timeout: try seconds()))
    plan.role = try chosenRole()
    if let listen { plan.listen = try Target.address(listen) }
    plan.behind = try behind.map { text in try Target.endpoint(text) }
    plan.isRewriting = rewriteVia
    plan.isFresh = fresh
    plan.keepsGoing = keepGoing
    // Last: it empties a file that is there.
    if let pcap { plan.capture = try CaptureFile(pcap, wall: { Clock.wall() }) }
    return plan
  }

  private func seconds() throws -> Interval {
    guard let timeout else { return .milliseconds(1_500) }
    guard let seconds = Double(timeout), seconds >= 0.05, seconds <= 60 else {
      throw Self.wrong("`\(timeout)` is no time to wait: 0.05 to 60 seconds")
    }
    return .milliseconds(Int64(seconds * 1_000))
  }

  static func wrong(_ text: String) -> ExitCode { .unreadable("sallyport torture: \(text)") }
}
