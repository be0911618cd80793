// Binding file: the EVP cipher of OpenSSL. The only file of tokens with `unsafe` in it.
package import Basics
import COpenSSL

/// One block of AES-128 (FIPS 197) under one key, in both directions. The two cipher contexts are
/// made once, so a block costs no allocation and no look-up of the algorithm.
///
/// It belongs to one thread at a time: a context is changed by its use.
@safe
package struct TokenKey: ~Copyable {
  /// The key's name in the texts of tokens: 0 to `Limits.keyIDs` minus one.
  package let id: UInt8
  private let encryption: OpaquePointer
  private let decryption: OpaquePointer

  /// - Precondition: OpenSSL has AES-128 and memory, and the id is in range.
  package init(_ key: Key, id: UInt8) {
    precondition(id < Limits.keyIDs, "a key id is 0 to 7")
    self.id = id
    unsafe encryption = Self.context(key, direction: 1)
    unsafe decryption = Self.context(key, direction: 0)
  }

  deinit {
    // Both were made by `context` and are released nowhere else; OpenSSL wipes the key schedule.
    unsafe EVP_CIPHER_CTX_free(encryption)
    unsafe EVP_CIPHER_CTX_free(decryption)
  }

  /// The block that stands for `plain`; the first octet is the highest of `a`.
  package func encrypt(_ plain: Key) -> Key { unsafe Self.run(encryption, plain) }

  /// The inverse of `encrypt`.
  package func decrypt(_ sealed: Key) -> Key { unsafe Self.run(decryption, sealed) }

  private static func context(_ key: Key, direction: Int32) -> OpaquePointer {
    guard let context = unsafe EVP_CIPHER_CTX_new() else { fatalError("no memory for a cipher") }
    var octets = (key.a.bigEndian, key.b.bigEndian)
    let made = unsafe withUnsafeMutableBytes(of: &octets) { octets in
      let key = unsafe octets.assumingMemoryBound(to: UInt8.self).baseAddress
      // The key is 16 octets, which is what AES-128 reads; ECB takes no initialisation vector.
      let made = unsafe EVP_CipherInit_ex(context, EVP_aes_128_ecb(), nil, key, nil, direction)
      unsafe OPENSSL_cleanse(octets.baseAddress, octets.count)
      return made
    }
    precondition(made == 1, "OpenSSL has no AES-128")
    // Whole blocks only: without padding, 16 octets in are 16 octets out at once.
    unsafe EVP_CIPHER_CTX_set_padding(context, 0)
    return unsafe context
  }

  private static func run(_ context: OpaquePointer, _ input: Key) -> Key {
    var octets = (input.a.bigEndian, input.b.bigEndian)
    var count: Int32 = 0
    let done = unsafe withUnsafeMutableBytes(of: &octets) { octets in
      let block = unsafe octets.assumingMemoryBound(to: UInt8.self).baseAddress
      // In place is allowed where input and output are the same place, and both have 16 octets.
      return unsafe EVP_CipherUpdate(context, block, &count, block, 16)
    }
    precondition(done == 1 && count == 16, "AES of one block cannot fail")
    return Key(UInt64(bigEndian: octets.0), UInt64(bigEndian: octets.1))
  }
}
