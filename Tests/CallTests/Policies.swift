/// The one place of these tests that knows how a policy is written.
struct PolicyText {
  /// The port that the element listens on, everywhere.
  var port: Int
  var workers = 1
  var drain = "5s"
  var log = "{ level: info }"
  /// The path of the control socket.
  var control: String?
  /// What the callee's peer is called.
  var callee = "right"
  /// Whether names of the outside are asked for: never or always.
  var resolve = "never"
  /// The peer whose calls go to the callee's peer.
  var caller = "left"
  /// How long each target of the callee's peer has for its first answer.
  var patience: String?
  /// Where the caller sends from, and where the callee answers: host and prefix length.
  var callerSource = "127.0.0.2/32"
  var calleeSources = ["127.0.0.3/32", "127.0.0.4/32", "::1/128"]
  /// In the order in which they are tried, such as `udp:127.0.0.3:5070`.
  var calleeTargets: [String]

  var yaml: String {
    """
    version: 1
    element: { name: test, workers: \(workers), drain: \(drain), log: \(log)\(controlKey) }
    listeners:
      - { name: udp4, transport: udp, address: "127.0.0.1:\(port)" }
      - { name: tcp4, transport: tcp, address: "127.0.0.1:\(port)" }
      - { name: udp6, transport: udp, address: "[::1]:\(port)" }
      - { name: tcp6, transport: tcp, address: "[::1]:\(port)" }
    peers:
      - name: left
        sources: ["\(callerSource)"]
        listeners: [udp4, tcp4]
      - name: \(callee)
        sources: [\(quoted(calleeSources))]
        listeners: [udp4, tcp4, udp6, tcp6]
        targets: [\(quoted(calleeTargets))]\(patienceLine)
    routing: { resolve: \(resolve) }
    routes:
      - { name: all, from: \(caller), to: \(callee) }

    """
  }

  private var controlKey: String { control.map { ", control: \"\($0)\"" } ?? "" }

  private var patienceLine: String { patience.map { "\n    timeout: \($0)" } ?? "" }

  private func quoted(_ values: [String]) -> String {
    values.map { "\"\($0)\"" }.joined(separator: ", ")
  }
}
