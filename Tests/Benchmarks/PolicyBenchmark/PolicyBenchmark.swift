import Basics
import Border
import Foundation
import Policy
import Routing
import Yams

/// What a policy costs: to load, and to look a route up in.
///
///     PolicyBenchmark parse POLICY        the YAML library alone
///     PolicyBenchmark load POLICY         load, lint and build
///     PolicyBenchmark routes PREFIXES     look-ups among so many routes
///     PolicyBenchmark count PREFIXES      the same, a thousand of them, to be counted by callgrind
///
/// Prints one line of JSON: CPU seconds, and the most memory that the process had.
enum PolicyBenchmark {
  static func run(_ arguments: [String]) -> Int32 {
    do {
      guard arguments.count == 3 else { return usage() }
      switch arguments[1] {
      case "parse": try parse(arguments[2])
      case "load": try load(arguments[2])
      case "routes": try look(arguments[2], rounds: 2_000_000)
      case "count": try look(arguments[2], rounds: 1_000)
      default: return usage()
      }
      return 0
    } catch {
      print("cannot measure: \(error)")
      return 1
    }
  }

  private static func usage() -> Int32 {
    print("usage: PolicyBenchmark parse|load POLICY, or PolicyBenchmark routes|count PREFIXES")
    return 2
  }

  private static func parse(_ path: String) throws {
    let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    let start = seconds()
    let node = try Yams.compose(yaml: text)
    tell(["parse": seconds() - start, "keys": Double(node?.mapping?.count ?? 0)])
  }

  private static func load(_ path: String) throws {
    let start = seconds()
    let snapshot = try Snapshot.load(path: path)
    let loaded = seconds()
    let seed = Seed(tokens: Key(1, 2), hashes: Key(3, 4), generations: 5)
    let regime = Regime(snapshot.configuration, number: 1, seed: seed)
    let built = seconds()
    tell([
      "load": loaded - start, "build": built - loaded, "total": built - start,
      "routes": Double(snapshot.configuration.routing.routes.count),
      "number": Double(regime.number),
    ])
  }

  private static func look(_ prefixes: String, rounds: Int) throws {
    guard let count = Int(prefixes), count > 0 else { throw Wrong("`\(prefixes)` is no number") }
    var lookups = try Lookups(count)
    _ = lookups.run(rounds / 10)
    let start = seconds()
    let found = lookups.run(rounds)
    let taken = seconds() - start
    tell([
      "prefixes": Double(count), "ns": taken * 1e9 / Double(rounds),
      "found": Double(found) / Double(rounds),
    ])
  }

  struct Wrong: Error {
    var reason: String

    init(_ reason: String) { self.reason = reason }
  }

  /// CPU time of this process.
  private static func seconds() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

  private static func tell(_ figures: KeyValuePairs<String, Double>) {
    let all = figures.map { ($0.key, $0.value) } + [("MiB", mostMemory())]
    print("{" + all.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}")
  }

  /// The most resident memory that this process had, in MiB.
  private static func mostMemory() -> Double {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let kibibytes = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
    return (kibibytes.flatMap { Double($0) } ?? 0) / 1024
  }
}
