import Basics
import SIP

extension Core {
  /// A Contact that cannot be read is not passed on: whoever gets it would act upon what it may
  /// mean, and RFC 4475 §3.1.2.13 shows one that may mean two things.
  static func checkContacts(_ message: borrowing Message) throws(Refused) {
    var place = message.next(.contact, from: Int(message.outline.contact))
    while let line = place {
      do throws(Malformed) {
        try read(contacts: message.headers[line].value, in: message.bytes)
      } catch {
        throw Refused(malformed: error)
      }
      place = message.next(.contact, from: line &+ 1)
    }
  }

  private static func read(contacts value: Slice, in bytes: Span<UInt8>) throws(Malformed) {
    if NameAddress.isWildcard(bytes, value) { return }
    var list = NameAddressList(bytes, value)
    while try list.next() != nil {}
  }
}
