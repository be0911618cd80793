import Basics

/// Messages with one fault each, or two, that follow from a seed and a number alone: number 4711 of
/// seed 1 is the same message everywhere.
///
/// The even numbers spoil each field of each template in each way once, in an order that the seed
/// decides; the odd ones, and what comes after, have two faults at random.
package struct Mutator: Sendable {
  /// What is done to one field.
  struct Fault: Sendable {
    enum What: Sendable {
      case value(piece: Int, Anomaly)
      case line(LineFault)
    }
    var line: Int
    var what: What
  }

  /// One message.
  package struct Mutant: Sendable {
    /// Which one it is.
    package var number: Int
    var template: Int
    var faults: [Fault]

    /// The field that it belongs to in a report, as an index of `Mutator.groups`.
    package var group: Int
  }

  /// A field of a template.
  private struct Spot: Sendable {
    var template: Int
    var line: Int
    /// The line as a whole where there is none.
    var piece: Int?
    var group: Int
  }

  /// Where they are played over a network; `nil` for the places of the quickstart.
  package var setting: Setting?

  private let seed: UInt64
  private let spots: [Spot]
  /// Where the single faults of each spot begin, and behind the last one their number.
  private let starts: [Int]
  private let stride: Int
  private let offset: Int
  private let spotsOfTemplate: [Range<Int>]
  /// The names of the fields, in the order of the templates.
  package let groups: [String]

  /// Works out what there is to spoil.
  package init(seed: UInt64) {
    self.seed = seed
    var groups: [String] = []
    var spots: [Spot] = []
    func group(_ name: String) -> Int {
      if let known = groups.firstIndex(of: name) { return known }
      groups.append(name)
      return groups.count - 1
    }
    var spotsOfTemplate: [Range<Int>] = []
    for (number, template) in Template.all.enumerated() {
      let first = spots.count
      for (line, pieces) in template.lines.enumerated() {
        for (piece, value) in pieces.enumerated() {
          guard let field = value.field else { continue }
          spots.append(Spot(template: number, line: line, piece: piece, group: group(field)))
        }
        let name = group(template.lineName(line))
        spots.append(Spot(template: number, line: line, piece: nil, group: name))
      }
      spotsOfTemplate.append(first..<spots.count)
    }
    self.spotsOfTemplate = spotsOfTemplate
    self.groups = groups
    self.spots = spots
    var starts = [0]
    for spot in spots { starts.append(starts[starts.count - 1] + Self.ways(spot.piece)) }
    self.starts = starts
    var chance = Chance(seed: seed)
    offset = chance.below(starts[starts.count - 1])
    stride = Self.stride(over: starts[starts.count - 1], &chance)
  }

  private static func ways(_ piece: Int?) -> Int {
    piece == nil ? LineFault.allCases.count : Anomaly.all.count
  }

  /// A step that comes by every number below `count` before it comes back.
  private static func stride(over count: Int, _ chance: inout Chance) -> Int {
    var step = count / 3 + chance.below(count / 3)
    while gcd(step, count) != 1 { step += 1 }
    return step
  }

  private static func gcd(_ one: Int, _ other: Int) -> Int {
    other == 0 ? one : gcd(other, one % other)
  }

  /// How many messages have one fault.
  package var singles: Int { starts[starts.count - 1] }

  /// What the message of a number is.
  package func mutant(_ number: Int) -> Mutant {
    if number & 1 == 0, number / 2 < singles {
      let way = way(number / 2)
      let spot = spots[place(of: way)]
      let fault = fault(at: spot, way - starts[place(of: way)])
      return Mutant(
        number: number, template: spot.template, faults: [fault], group: spot.group)
    }
    var chance = Chance(seed: seed ^ UInt64(truncatingIfNeeded: number) &* 0x9e37_79b9)
    let spot = spots[chance.below(spots.count)]
    var faults = [fault(at: spot, chance.below(Self.ways(spot.piece)))]
    let mates = spotsOfTemplate[spot.template]
    let mate = spots[mates.lowerBound + chance.below(mates.count)]
    faults.append(fault(at: mate, chance.below(Self.ways(mate.piece))))
    return Mutant(number: number, template: spot.template, faults: faults, group: spot.group)
  }

  /// Which of the single faults a number stands for.
  func way(_ number: Int) -> Int { (offset + number * stride) % singles }

  private func place(of way: Int) -> Int {
    var (low, high) = (0, spots.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if starts[middle] <= way { low = middle } else { high = middle - 1 }
    }
    return low
  }

  private func fault(at spot: Spot, _ way: Int) -> Fault {
    guard let piece = spot.piece else {
      return Fault(line: spot.line, what: .line(LineFault.allCases[way]))
    }
    return Fault(line: spot.line, what: .value(piece: piece, Anomaly.all[way]))
  }
}
