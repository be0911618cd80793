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

  @Test func overANetworkTheyNameItsPlaces() {
    var mutator = Mutator(seed: 1)
    var octets: [UInt8] = []
    var table = HeaderTable()
    for isStream in [false, true] {
      mutator.setting = Setting(
        own: "192.0.2.1:1", target: "[2001:db8::1]:22222", hop: "198.51.100.7:5",
        isStream: isStream,
        mark: "xr")
      for (number, template) in Template.all.enumerated() {
        mutator.writeSound(template: number, 7, answering: .example, into: &octets)
        let fault = Soundness.fault(octets.span, over: .tcp, &table)
        let text = String(decoding: octets, as: UTF8.self)
        #expect(fault == nil, "\(template.name): \(text)")
        for strange in ["127.0.0.1:50", "127.0.0.2:50", "10.9.9.9"] {
          #expect(!text.contains(strange) || template.isResponse, "\(text)")
        }
        #expect(template.isResponse || mutator.setting?.number(in: octets) == 7)
        let via = "SIP/2.0/\(isStream ? "TCP" : "UDP") 192.0.2.1:1;branch=z9hG4bKm7xr;"
        #expect(template.isResponse || text.contains(via))
      }
    }
    #expect(mutator.setting?.number(in: Array("m12 3xr".utf8)) == 3)
    #expect(mutator.setting?.number(in: Array("xr m9xr".utf8)) == 9)
    #expect(mutator.setting?.number(in: Array("xr".utf8)) == nil)
  }

  /// RFC 4475 §3.1.2.3: what such a stream gets before its end is an answer of the element's.
  @Test func aLengthThatSaysNothingComesToIt() throws {
    var bombardment = try Self.bombardment(seed: 1)
    let mutator = Mutator(seed: 1)
    let place = try #require(mutator.groups.firstIndex(of: "Content-Length"))
    // The odd ones go by a stream.
    for number in 0..<6000 where number & 1 == 1 && mutator.mutant(number).group == place {
      bombardment.fire(number)
    }
    let row = bombardment.toll.rows[place]
    #expect(row.sent > 50 && row.answered[4] > row.sent / 2, "\(row)")
    #expect(row.unframed < row.sent / 2, "\(row)")
  }

  @Test func answersThatCouldNotBeGivenAreTold() throws {
    // Nothing is routed: no INVITE comes out that a mutant could answer.
    let text = Quickstart.text.replacing(
      "  - { name: everything, to: loopback }", with: "  []")
    let configuration = try Snapshot.load(text: text, name: "none", cores: 1).configuration
    let mutator = Mutator(seed: 1)
    var bombardment = Bombardment(configuration, mutator, at: .quickstart)
    let number = try #require((0..<500).first { mutator.isResponse(mutator.mutant($0)) })
    bombardment.fire(number)
    let faults = bombardment.toll.faults
    #expect(faults.map(\.number) == [number])
    #expect(faults.first?.words.contains("no sound INVITE") == true)
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
