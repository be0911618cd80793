package import Basics
import BasicContainers

/// The keys of tokens: the one that seals, and those before it that still open what they sealed. A
/// key must stay for as long as the longest call, so rotate at most `Limits.retiredKeys` times in
/// that span.
///
/// Nodes of a pool have the same keys under the same ids, so each can open what another sealed. A
/// ring belongs to one worker.
package struct TokenRing: ~Copyable {
  // The one that seals comes first, the oldest last. In an array, so that borrowing a ring moves
  // little.
  private var keys: RigidArray<TokenKey>

  /// - Parameters:
  ///   - seed: the 128 bits of the key, from the entropy of the system or the secret of the pool.
  ///   - id: 0 to 7.
  package init(seed: Key, id: UInt8) {
    keys = RigidArray(capacity: Limits.retiredKeys + 1)
    keys.append(TokenKey(seed, id: id))
  }

  /// Seals with another key from now on. The one before it is retired; the oldest may be forgotten,
  /// and what it sealed opens no more.
  /// - Precondition: no key that the ring still has bears that id.
  package mutating func rotate(to key: Key, id: UInt8) {
    if keys.freeCapacity == 0 { keys.removeLast() }
    precondition(place(of: id) == nil, "a key of this id is still in use")
    keys.insert(TokenKey(key, id: id), at: 0)
  }

  /// The token as one encrypted block under the current key.
  package func seal(_ token: Token) -> SealedToken {
    SealedToken(keyID: keys[0].id, block: keys[0].encrypt(token.block))
  }

  /// What a token says.
  /// - Returns: `nil` when it is forged, altered, or sealed by a key that is no longer there.
  package func open(_ sealed: SealedToken) -> Token? {
    guard let place = place(of: sealed.keyID) else { return nil }
    return Token(block: keys[place].decrypt(sealed.block))
  }

  private func place(of id: UInt8) -> Int? {
    for place in 0..<keys.count where keys[place].id == id { return place }
    return nil
  }
}
