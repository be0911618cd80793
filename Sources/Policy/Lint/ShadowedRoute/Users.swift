import Routing

extension Coverage {
  /// What users begin with by the conditions of all routes: each beginning has a number, and knows
  /// the longest other one that it begins with.
  struct Users {
    /// The numbers of the beginnings of all routes, one route after the other.
    private var numbers: [UInt32]
    /// Where those of each route begin, and the end of the last.
    private var starts: [Int] = []
    /// The number of the enclosing beginning, at the place of each number; 0 for none.
    private var enclosing: [UInt32] = [0]

    /// A beginning as it is sorted: nearly always its first 16 octets decide.
    private struct Beginning {
      var high: UInt64
      var low: UInt64
      /// Its place among all of them.
      var place: Int

      init(_ octets: [UInt8], _ place: Int) {
        self.place = place
        (high, low) = (0, 0)
        for offset in 0..<min(octets.count, 16) {
          let octet = UInt64(octets[offset]) << UInt64(56 &- 8 &* (offset & 7))
          if offset < 8 { high |= octet } else { low |= octet }
        }
      }
    }

    init(_ routes: [Routing.Rules.Route]) {
      var octets: [[UInt8]] = []
      starts.reserveCapacity(routes.count + 1)
      for place in routes.indices {
        starts.append(octets.count)
        octets += routes[place].beginnings
      }
      starts.append(octets.count)
      numbers = Array(repeating: 0, count: octets.count)
      var sorted = octets.indices.map { Beginning(octets[$0], $0) }
      sorted.sort { one, other in
        if one.high != other.high { return one.high < other.high }
        if one.low != other.low { return one.low < other.low }
        return octets[one.place].lexicographicallyPrecedes(octets[other.place])
      }
      number(octets, by: sorted.map(\.place))
    }

    /// - Parameter order: the places of the octets by their alphabet.
    private mutating func number(_ octets: [[UInt8]], by order: [Int]) {
      // The beginnings of the one before, each within the one before it.
      var open: [(place: Int, number: UInt32)] = []
      for place in order {
        while let last = open.last, !octets[place].starts(with: octets[last.place]) {
          open.removeLast()
        }
        if let last = open.last, octets[last.place].count == octets[place].count {
          numbers[place] = last.number
          continue
        }
        numbers[place] = UInt32(enclosing.count)
        enclosing.append(open.last?.number ?? 0)
        open.append((place, numbers[place]))
      }
    }

    /// The numbers of the beginnings of a route; none where its user can be any.
    func numbers(of route: Int) -> ArraySlice<UInt32> { numbers[starts[route]..<starts[route + 1]] }

    func enclosing(_ number: UInt32) -> UInt32 { enclosing[Int(number)] }
  }
}
