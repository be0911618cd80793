/// What would keep an element from serving on this machine, as far as it can be seen while another
/// one serves here: nothing is opened that anybody could meet.
package enum Hindrances {
  /// - Parameters:
  ///   - listeners: where it is to listen.
  ///   - control: the path of its control socket, if it has one.
  /// - Returns: each in the words in which a start says it. Whether a port is free, and whether
  ///   this user may open it, is seen only when it is opened.
  package static func all(_ listeners: [Listener], control: String?) -> [Refusal] {
    var found: [Refusal] = []
    if let control, let refusal = ControlSocket.hindrance(at: control) { found.append(refusal) }
    for listener in listeners {
      do throws(Refusal) {
        try Socket.look(at: listener)
      } catch {
        found.append(error)
      }
    }
    return found
  }
}
