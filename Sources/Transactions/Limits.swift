/// What a worker's transactions may take at most. When the shelf is full `Shelf.keep` answers
/// `nil`: a new request is then refused with 503, and a response is sent without being kept.
package enum Limits {
  /// Octets that a shelf may grow to where its creator says nothing else.
  package static let shelf = 512 << 20
}
