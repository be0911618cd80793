import Basics
import Border
import Policy
import SIP
import Testing

@testable import Torture

@Suite struct BombardmentTests {
  static func quickstart() throws(Rejection) -> Configuration {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return try Snapshot.load(path: "/\(root)/Policies/quickstart.yaml", cores: 1).configuration
  }

  static func bombardment(seed: UInt64) throws -> Bombardment {
    Bombardment(try quickstart(), Mutator(seed: seed), at: .quickstart)
  }

  @Test func eachTemplateIsSound() throws {
    let mutator = Mutator(seed: 1)
    var octets: [UInt8] = []
    var table = HeaderTable()
    for (number, template) in Template.all.enumerated() {
      mutator.writeSound(template: number, 7, answering: .example, into: &octets)
      let fault = Soundness.fault(octets.span, over: .tcp, &table)
      #expect(fault == nil, "\(template.name): \(String(decoding: octets, as: UTF8.self))")
      var essentials: Malformed?
      do throws(Malformed) {
        _ = try Essentials(Message(octets.span, table))
      } catch {
        essentials = error
      }
      #expect(essentials == nil, "\(template.name)")
    }
  }

  @Test func aNumberIsAlwaysTheSameMessage() {
    var (one, other): ([UInt8], [UInt8]) = ([], [])
    let (first, second) = (Mutator(seed: 3), Mutator(seed: 3))
    for number in [0, 1, 4711, first.singles - 1, first.singles, first.singles + 99_999] {
      first.write(first.mutant(number), answering: nil, into: &one)
      second.write(second.mutant(number), answering: nil, into: &other)
      #expect(one == other)
    }
    let another = Mutator(seed: 4)
    another.write(another.mutant(4711), answering: nil, into: &other)
    first.write(first.mutant(4711), answering: nil, into: &one)
    #expect(one != other)
  }

  @Test func everyFieldIsSpoiltInEveryWay() {
    let mutator = Mutator(seed: 1)
    var ways = Array(repeating: false, count: mutator.singles)
    for number in 0..<mutator.singles { ways[mutator.way(number)] = true }
    #expect(!ways.contains(false))
    var groups: Set<Int> = []
    for number in 0..<mutator.singles / 4 { groups.insert(mutator.mutant(number).group) }
    #expect(groups.count == mutator.groups.count)
  }

  @Test func thousandsBreakNothing() throws {
    var bombardment = try Self.bombardment(seed: 20_261_121)
    for number in 0..<6000 { bombardment.fire(number * 37) }
    let toll = bombardment.toll
    let left = bombardment.settle()
    #expect(toll.broken == 0, "\(toll.faults)")
    #expect(left == nil)
    // It would be no attack if all fell at the door.
    #expect(toll.rows.reduce(0) { $0 + $1.forwarded } > 2000)
    #expect(toll.rows.reduce(0) { $0 + $1.answered[4] } > 2000)
  }
}
