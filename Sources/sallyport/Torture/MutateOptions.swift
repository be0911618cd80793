import ArgumentParser
import Basics
import Foundation
import Platform
import Policy
import Torture

/// What says that messages are mutants, and which.
struct MutateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Instead of folders, put so many mutants to an element in this process, or to --target: sound \
      messages with one fault each, or two, after the manner of PROTOS c07-sip. It has to survive, \
      and whatever it sends has to be SIP.
      """, valueName: "count"))
  var mutate: Int?

  @Option(help: "What the mutants follow from: the same seed makes the same ones. (default: 1)")
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "Show the mutant of this number, and put it alone to an element.", valueName: "number"))
  var mutant: Int?

  @Option(help: "With --target: so many mutants a second at most. (default: 200)")
  var rate: Int?

  /// Whether mutants are asked for.
  var isAsked: Bool { mutant != nil || mutate != nil }

  /// What is wrong with what was said.
  var fault: String? {
    if seed != nil, !isAsked { return "--seed is for mutants: it needs --mutate or --mutant" }
    if let mutate, !(1...Self.most).contains(mutate) {
      return "--mutate takes a number from 1 to \(Self.most)"
    }
    if let mutant, !(0..<Self.most).contains(mutant) {
      return "--mutant takes a number below \(Self.most)"
    }
    if let rate, !(1...Self.fastest).contains(rate) {
      return "--rate takes a number from 1 to \(Self.fastest)"
    }
    return mutate != nil && mutant != nil ? "--mutate and --mutant are two ways; say one" : nil
  }

  private static let most = 1_000_000_000
  private static let fastest = 10_000

  /// Those that are asked for.
  var numbers: Range<Int> { mutant.map { $0..<$0 + 1 } ?? 0..<(mutate ?? 0) }

  /// Puts them to an element.
  /// - Returns: what came of it.
  func play(_ snapshot: Snapshot, tell: MutantProgress) -> MutantReport {
    let mutator = Mutator(seed: seed ?? 1)
    var bombardment = Bombardment(snapshot.configuration, mutator, at: .quickstart)
    var report = MutantReport(seed: seed ?? 1)
    let begin = Clock.now()
    // What others do on this machine is no fault of a mutant's.
    var before = Clock.processorTime()
    for number in numbers {
      tell.note(number)
      bombardment.fire(number)
      let after = Clock.processorTime()
      report.note(number, Interval(nanoseconds: after.nanoseconds - before.nanoseconds))
      before = after
      if number % 4096 == 0 { tell.tell(number, numbers.count) }
      if number == numbers.count / 10 { report.memory.early = Memory.resident() }
    }
    report.memory.late = Memory.resident()
    report.duration = Clock.now() - begin
    report.leftovers = bombardment.settle()
    report.toll = bombardment.toll
    report.slowestWords = mutator.describe(mutator.mutant(report.slowest.number))
    return report
  }

  /// The octets of the one mutant that was asked for, in lines that a terminal can bear.
  func text(of number: Int) -> String {
    let mutator = Mutator(seed: seed ?? 1)
    let mutant = mutator.mutant(number)
    var octets: [UInt8] = []
    mutator.write(mutant, answering: mutator.isResponse(mutant) ? .example : nil, into: &octets)
    let lines = octets.split(separator: 0x0a, omittingEmptySubsequences: false).map { line in
      line.map { octet in
        (0x20..<0x7f).contains(octet) && octet != 0x5c
          ? String(UnicodeScalar(octet)) : "\\x" + String(Int(octet) + 256, radix: 16).dropFirst()
      }
      .joined()
    }
    return "\(mutator.describe(mutant))\n\(lines.joined(separator: "\n"))"
  }
}

/// Which mutant is at hand.
struct MutantProgress {
  private let isTerminal = Terminal([2]).isThere

  init() { CrashNote.watch() }

  /// For the case that the process does not live to say more.
  func note(_ number: Int) {
    CrashNote.set("sallyport torture: it ended at mutant \(number)\n")
  }

  func tell(_ number: Int, _ count: Int) {
    guard isTerminal else { return }
    FileHandle.standardError.write(Data("\r\u{1b}[K\(number)/\(count)".utf8))
  }

  func end() {
    CrashNote.set("")
    if isTerminal { FileHandle.standardError.write(Data("\r\u{1b}[K".utf8)) }
  }
}

/// The memory of this process.
enum Memory {
  /// Resident octets; 0 where the kernel does not say.
  static func resident() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .ascii)) ?? ""
    let fields = text.split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(getpagesize()) : 0
  }
}
