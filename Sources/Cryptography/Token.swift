import Basics

/// What a token on the wire says once it is opened: which record, on which worker of which node.
///
///     bits of a   63...56  55...48  47...40  39...16     15...0
///                 kind     node     worker   generation  zero
///     bits of b   63...32  31...0
///                 index    zero
///
/// 80 bits are content and 48 are zero. AES under a secret key is a pseudorandom permutation of
/// blocks: who does not know the key cannot tell it from one drawn at random, so a block that he
/// makes up or alters opens to a block as good as random, and its 48 bits are all zero with a
/// chance of 2⁻⁴⁸. So the redundancy authenticates, with neither a nonce nor a second pass. For the
/// same reason two tokens that differ in one bit of content share nothing, and neither shows a
/// node, a worker or how many calls there are.
///
/// One content under one key always gives one text. Where two sides must not see that they belong
/// together, each has its own `kind`.
package struct Token: Hashable, Sendable {
  /// What the token names. The numbers mean what their user says.
  package struct Kind: RawRepresentable, Hashable, Sendable {
    package var rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }
  }

  /// What it names; its user gives the numbers their meaning.
  package var kind: Kind
  /// The process of a pool; 0 where there is no pool.
  package var node: UInt8
  /// The worker that owns what it names.
  package var worker: UInt8
  /// The slot in that worker's table.
  package var index: UInt32
  /// 24 bits.
  package var generation: UInt32

  /// Bits of `generation` that a token carries.
  package static let generationBits = 24

  /// - Precondition: the generation has at most 24 bits.
  package init(kind: Kind, node: UInt8, worker: UInt8, index: UInt32, generation: UInt32) {
    precondition(generation >> Self.generationBits == 0, "a generation has 24 bits")
    self.kind = kind
    self.node = node
    self.worker = worker
    self.index = index
    self.generation = generation
  }
}

extension Token {
  var block: Key {
    let sort = UInt64(kind.rawValue) << 56 | UInt64(node) << 48 | UInt64(worker) << 40
    return Key(sort | UInt64(generation & 0xff_ffff) << 16, UInt64(index) << 32)
  }

  /// - Returns: `nil` when one of the 48 bits of redundancy is set. They are joined before the one
  ///   branch, so the time taken does not show which.
  init?(block: Key) {
    guard (block.a & 0xffff) | (block.b & 0xffff_ffff) == 0 else { return nil }
    kind = Kind(rawValue: UInt8(truncatingIfNeeded: block.a >> 56))
    node = UInt8(truncatingIfNeeded: block.a >> 48)
    worker = UInt8(truncatingIfNeeded: block.a >> 40)
    generation = UInt32(truncatingIfNeeded: block.a >> 16) & 0xff_ffff
    index = UInt32(truncatingIfNeeded: block.b >> 32)
  }
}
