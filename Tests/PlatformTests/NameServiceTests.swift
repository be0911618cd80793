import Basics
import CLinux
import Testing

@testable import Platform

@Suite("Why a name has no address")
struct NameServiceTests {
  private static let address = Address(ipv4: 0xc000_0201)

  @Test(
    "is told by the code of getaddrinfo",
    arguments: [
      (-2, .noSuchName), (-5, .noAddress), (-9, .noAddress), (-3, .noAnswer),
      (-4, .serverFailed), (-6, .serverFailed), (-10, .noRoom), (0, nil),
    ] as [(Int32, Unresolved?)])
  func codes(code: Int32, cause: Unresolved?) {
    #expect(Unresolved(linux_name_outcome_of(code)) == cause)
  }

  @Test("is what the family says that was asked, or of two the one that is less sure")
  func families() {
    let answers: [Int32: Result<Address, Unresolved>] = [
      AF_INET: .failure(.noAnswer), AF_INET6: .failure(.noSuchName),
    ]
    func ask(_ ipv4: Bool, _ ipv6: Bool) -> Result<Address, Unresolved> {
      NameService.address(of: Array("a.example".utf8), families: (ipv4, ipv6)) { _, family in
        answers[family] ?? .failure(.noRoom)
      }
    }
    #expect(ask(true, false) == .failure(.noAnswer))
    #expect(ask(false, true) == .failure(.noSuchName))
    #expect(ask(true, true) == .failure(.noAnswer))
    #expect(ask(false, false) == .failure(.noAddress))
  }

  @Test("is of no account where the other family has one")
  func other() {
    let found = NameService.address(of: Array("a.example".utf8), families: (true, true)) {
      $1 == AF_INET ? .failure(.noRoom) : .success(Self.address)
    }
    #expect(found == .success(Self.address))
  }

  @Test("what is no name is not asked for", arguments: [0, 1, 256])
  func noName(count: Int) {
    let name = [UInt8](repeating: count == 1 ? 0 : 0x61, count: count)
    let found = NameService.address(of: name, families: (true, true)) { _, _ in
      .success(Self.address)
    }
    #expect(found == .failure(.noSuchName))
  }

  @Test("the system's own resolver tells it as well")
  func system() {
    // Numbers need no name server.
    let number = Array("::1".utf8)
    let wrong = NameService.address(of: number, families: (true, false))
    #expect(wrong == .failure(.noAddress))
    let right = NameService.address(of: number, families: (true, true))
    #expect(right == .success(Address(high: 0, low: 1)))
  }
}
