/// A set of methods. A method that this element does not know by name counts as `other`.
public struct MethodSet: Hashable, Sendable {
  /// One for each `Method`, by its raw value; `.other` is one of them.
  public var bits: UInt16

  /// Every method, those that are not known included.
  public static let all = MethodSet(bits: .max)

  public init(bits: UInt16) { self.bits = bits }

  /// These and no other.
  public init(_ methods: [Method]) {
    bits = 0
    for method in methods { bits |= 1 << UInt16(method.rawValue) }
  }

  /// All but this one.
  public static func all(but method: Method) -> MethodSet {
    MethodSet(bits: ~(1 << UInt16(method.rawValue)))
  }

  /// ACK and CANCEL belong to their INVITE: who may send that may send these.
  public func contains(_ method: Method) -> Bool {
    let asked = method == .ack || method == .cancel ? .invite : method
    return bits >> UInt16(asked.rawValue) & 1 != 0
  }
}

extension OutputSpan<UInt8> {
  /// Writes the methods of a set that have a name, as Allow has them (RFC 3261 §20.5). `contains`
  /// tells of ACK and CANCEL.
  mutating func write(_ methods: MethodSet) {
    var isFirst = true
    for method in Method.allCases where method != .other && methods.contains(method) {
      if !isFirst { write(", ") }
      write(method.text)
      isFirst = false
    }
  }
}
