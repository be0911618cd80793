/// Who may send packets where. The relay has not landed: session descriptions pass as they are.
package struct Rules: Sendable {
  package init() {}
}
