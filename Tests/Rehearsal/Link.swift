package import Basics

/// What a network does to what it carries, in one direction.
package struct Link: Sendable {
  package var delay = Interval.milliseconds(5)
  /// A random part on top of the delay: datagrams that it makes late are overtaken by later ones.
  package var jitter = Interval.milliseconds(0)
  /// How many datagrams in a thousand are lost, and how many arrive twice. Streams lose nothing.
  package var loss = 0
  package var duplication = 0
  /// Nothing at all comes through: datagrams are lost, and connections stay half open until they
  /// time out.
  package var isCut = false

  package init() {}

  /// A bad line: so many datagrams in a thousand are lost, some arrive twice, and many in another
  /// order.
  package static func lossy(_ perMille: Int) -> Link {
    var link = Link()
    link.loss = perMille
    link.duplication = perMille / 2
    link.jitter = .milliseconds(40)
    return link
  }
}

/// An address and a port as text, and back.
package func endpoint(_ text: String) -> Endpoint {
  guard let place = PlainURI(text: "sip:" + text).place else {
    preconditionFailure("no endpoint: \(text)")
  }
  return place
}
