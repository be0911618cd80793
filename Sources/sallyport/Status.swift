import Basics
import Foundation

/// What `sallyport ctl status` tells of a process that serves.
struct Status: Codable, Equatable {
  /// What the policy calls the element.
  var element: String
  /// The number of the policy in force: 1 for the one at the start.
  var policy: Int
  /// Its file, as it was named at the start.
  var file: String
  /// When it came in force, as RFC 3339 has it.
  var since: String
  /// Calls in progress.
  var calls: Int
  /// Earlier policies that are kept for what began under them, of the worker that keeps most.
  var earlierPolicies: Int
  var workers: Int
  /// Seconds since the process began to serve.
  var uptime: Double
  /// Whether it takes no new calls, and is about to end.
  var isDraining: Bool
  /// Whether another policy is being loaded.
  var isReloading: Bool

  enum CodingKeys: String, CodingKey {
    case element, policy, file, since, calls, workers, uptime
    case earlierPolicies = "earlier-policies"
    case isDraining = "draining"
    case isReloading = "reloading"
  }

  /// A line for each.
  var text: String {
    """
    element: \(element)
    policy: \(policy)
    file: \(file)
    since: \(since)
    calls: \(calls)
    earlier-policies: \(earlierPolicies)
    workers: \(workers)
    uptime: \(uptime)s
    draining: \(isDraining ? "yes" : "no")
    reloading: \(isReloading ? "yes" : "no")

    """
  }

  /// The same for programs.
  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let octets = (try? encoder.encode(self)) ?? Data("{}".utf8)
    return String(decoding: octets, as: UTF8.self) + "\n"
  }
}
