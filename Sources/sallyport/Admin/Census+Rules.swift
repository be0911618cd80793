import Admission
import Basics
import Border
import Dialogs
import Platform

// What is told of peers, limits and sockets: their names come from the policy.
extension Census {
  func peers(_ figures: Figures, _ out: inout Exposition) {
    let told = facts.peers.indices.filter {
      facts.peers.count <= Self.peersTold || figures.knows($0)
    }
    func family(
      _ name: String, _ kind: Exposition.Kind, _ help: String, _ column: Figures.Column
    ) {
      out.begin(name, kind, help)
      for peer in told { out.add(figures[peer, column], .init("peer", facts.peers[peer])) }
    }
    family("peer_requests", .counter, "Requests of a peer that could be read.", .requests)
    family("peer_malformed", .counter, "Messages of a peer that could not be read.", .malformed)
    family(
      "peer_limited_messages", .counter,
      "Messages of a peer that a limit stopped without a word.", .limited)
    family("peer_calls", .counter, "Calls that a peer began.", .calls)
    family("peer_answered_calls", .counter, "Those of them that were answered.", .answered)
    out.begin("peer_live_calls", .gauge, "Calls in progress that a peer began, or that go to it.")
    for peer in told {
      let name = Exposition.Label("peer", facts.peers[peer])
      out.add(figures[peer, .callsFrom], name, .init("direction", "from"))
      out.add(figures[peer, .callsTo], name, .init("direction", "to"))
    }
    causes(of: told, figures, &out)
  }

  /// A cause that was never seen of a peer has no line: they would be most of the text.
  private func causes(of told: [Int], _ figures: Figures, _ out: inout Exposition) {
    out.begin("peer_refusals", .counter, "Requests of a peer that were refused.")
    for peer in told {
      for cause in Refusal.Cause.allCases where figures[peer, .refused(cause)] > 0 {
        out.add(
          figures[peer, .refused(cause)], .init("peer", facts.peers[peer]),
          .init("cause", "\(cause.text)"))
      }
    }
    out.begin("peer_ended_calls", .counter, "Calls that a peer began and that have ended.")
    for peer in told {
      for cause in Call.Cause.allCases where figures[peer, .ended(cause)] > 0 {
        out.add(
          figures[peer, .ended(cause)], .init("peer", facts.peers[peer]),
          .init("cause", "\(cause.text)"))
      }
    }
  }

  func limits(_ out: inout Exposition) {
    let standings = facts.limits.indices.map { facts.regime.standing(ofLimit: $0, at: now) }
    out.begin("limit_refused", .counter, "What a rate limit has refused, or would have.")
    for (name, standing) in zip(facts.limits, standings) {
      out.add(standing.refused, .init("limit", name))
    }
    out.begin("limit_biting", .gauge, "Whether a rate limit has refused anything of late.")
    for (name, standing) in zip(facts.limits, standings) {
      out.add(standing.bites ? 1 : 0, .init("limit", name))
    }
  }

  func sockets(_ out: inout Exposition) {
    for count in Platform.Count.allCases {
      let (name, kind, help) = Self.words(for: count)
      out.begin("transport_\(name)", kind, help)
      for (worker, counts) in transport.enumerated() {
        guard let value = counts.first(where: { $0.0 == count })?.1 else { continue }
        out.add(value, .init("worker", worker))
      }
    }
  }

  /// What a count of the transport is called.
  private static func words(for count: Platform.Count) -> (String, Exposition.Kind, String) {
    switch count {
    case .datagramsIn: ("received_datagrams", .counter, "Datagrams that came.")
    case .datagramsOut: ("sent_datagrams", .counter, "Datagrams that were sent.")
    case .octetsIn: ("received_bytes", .counter, "Octets that came.")
    case .octetsOut: ("sent_bytes", .counter, "Octets that were sent.")
    case .streamMessagesIn: ("received_stream_messages", .counter, "Messages that streams brought.")
    case .streamMessagesOut: ("sent_stream_messages", .counter, "Messages put on streams.")
    case .handedOver: ("handed_over", .counter, "Messages given to the worker that owns them.")
    case .takenOver: ("taken_over", .counter, "Messages taken from other workers.")
    case .ringFull: ("ring_full", .counter, "Messages lost on their way to another worker.")
    case .held: ("held_streams", .counter, "Times that a stream waited for a busy worker.")
    case .unusable: ("unusable_datagrams", .counter, "Datagrams empty, foreign or cut.")
    case .queueFull: ("queue_full", .counter, "Datagrams lost because the socket took no more.")
    case .failures: ("failures", .counter, "Messages that could not be sent.")
    case .wrongWay: ("wrong_way_datagrams", .counter, "Datagrams by another way than leads back.")
    case .unwelcome: ("unwelcome_datagrams", .counter, "Datagrams that were not admitted.")
    case .strangeConnections: ("strange_connections", .counter, "Connections not admitted.")
    case .accepted: ("accepted_connections", .counter, "Connections accepted.")
    case .connected: ("opened_connections", .counter, "Connections opened by this element.")
    case .closed: ("closed_connections", .counter, "Connections closed.")
    case .open: ("connections", .gauge, "Connections that are open.")
    case .refused: ("refused_connections", .counter, "Connections beyond a limit.")
    case .unframed: ("unframed_streams", .counter, "Streams closed as they could not be framed.")
    case .late: ("late_streams", .counter, "Streams closed as nothing whole came in time.")
    case .unread: ("unread_streams", .counter, "Streams closed as the other side does not read.")
    case .turns: ("loop_turns", .counter, "Turns of a worker's loop.")
    case .naps: ("loop_naps", .counter, "Turns in which it slept to gather more.")
    case .pollings:
      ("loop_pollings", .counter, "Times that it began to look at its sockets itself.")
    }
  }
}
