import Testing

@testable import Platform

@Suite("What the kernel answers to a question for a route")
struct RouteReplyTests {
  /// An answer with these attributes behind its head.
  private func reply(type: UInt16 = 24, kind: UInt8 = 1, _ attributes: [UInt8]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 28)
    (bytes[4], bytes[5], bytes[8], bytes[23]) = (UInt8(type), 0, 7, kind)
    return bytes + attributes
  }

  private func attribute(_ kind: UInt8, _ body: [UInt8]) -> [UInt8] {
    let length = 4 + body.count
    return [UInt8(length), 0, kind, 0] + body + [UInt8](repeating: 0, count: (4 - length % 4) % 4)
  }

  private func interface(_ number: UInt8) -> [UInt8] { attribute(4, [number, 0, 0, 0]) }

  private func way(_ number: UInt8) -> [UInt8] { [8, 0, 0, 0, number, 0, 0, 0] }

  private func leads(over interface: UInt32, _ bytes: [UInt8]) -> Bool {
    RouteReply(bytes.span).leads(over: interface, bytes.span)
  }

  @Test("one way, behind whatever else is said")
  func single() {
    let bytes = reply(attribute(1, [10, 0, 0, 0]) + attribute(20, [1]) + interface(3))
    #expect(leads(over: 3, bytes) && !leads(over: 2, bytes))
    let serial = RouteReply(bytes.span).serial
    #expect(serial == 7)
  }

  @Test("any of several ways")
  func several() {
    let bytes = reply(attribute(9, way(3) + way(5)))
    #expect(leads(over: 3, bytes) && leads(over: 5, bytes) && !leads(over: 4, bytes))
  }

  @Test("an address of our own leaves by lo; what is unreachable, or an error, by none")
  func kinds() {
    #expect(leads(over: 1, reply(kind: 2, interface(3))))
    #expect(!leads(over: 1, reply(kind: 1, interface(3))))
    #expect(!leads(over: 3, reply(kind: 7, interface(3))))
    #expect(!leads(over: 3, reply(type: 2, interface(3))))
  }

  @Test("what is cut or says wrong lengths leads nowhere, and ends")
  func broken() {
    let sound = reply(attribute(9, way(2)) + interface(3))
    for count in 0..<sound.count - 8 { #expect(!leads(over: 3, Array(sound[..<count]))) }
    for place in 28..<sound.count {
      for octet in [UInt8(0), 1, 3, 5, 200, 255] {
        var bytes = sound
        bytes[place] = octet
        _ = leads(over: 3, bytes)
      }
    }
    #expect(!leads(over: 3, reply([0, 0, 4, 0] + interface(3))))
    #expect(!leads(over: 3, reply(attribute(9, [0, 0, 0, 0, 9, 0, 0, 0] + way(3)))))
  }
}
