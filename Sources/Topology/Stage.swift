/// What the other side may see of us and ours. Hiding has not landed: everything passes as it is.
package struct Rules: Sendable {
  package init() {}
}
