import Foundation

/// The CPU time of parsing one message, again and again.
struct Measurement {
  let name: String
  let octets: Int
  let nanoseconds: Double
  let headers: Int
  let isGood: Bool

  init(of path: String, repetitions: Int) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    var parse = FullParse()
    let expected = try parse.parseFully(bytes.span)
    for _ in 0..<repetitions / 10 { _ = try parse.parseFully(bytes.span) }
    var good = 0
    let start = clock()
    for _ in 0..<repetitions {
      if try parse.parseFully(bytes.span) == expected { good &+= 1 }
    }
    let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
    name = URL(filePath: path).lastPathComponent
    octets = bytes.count
    nanoseconds = seconds * 1e9 / Double(max(1, repetitions))
    headers = expected
    isGood = good == repetitions
  }

  /// One line of JSON, as `Sofia/parse.c` prints it.
  var json: String {
    #"{"message":"\#(name)","bytes":\#(octets),"ns":\#(nanoseconds),"#
      + #""headers":\#(headers),"good":\#(isGood)}"#
  }
}

/// `ParserBenchmark REPETITIONS MESSAGE…`
enum ParserBenchmark {
  static func run(_ arguments: [String]) -> Int32 {
    guard arguments.count > 2, let repetitions = Int(arguments[1]) else {
      print("usage: ParserBenchmark REPETITIONS MESSAGE…")
      return 2
    }
    do {
      for path in arguments[2...] {
        print(try Measurement(of: path, repetitions: repetitions).json)
      }
      return 0
    } catch {
      print("cannot parse: \(error)")
      return 1
    }
  }
}
