package import Basics

/// What a stage says of a request. The proof is what the next stage wants; only this stage can make
/// it.
package enum Verdict<Proof: ~Copyable>: ~Copyable {
  case pass(Proof)
  /// Answered with this, and not let through.
  case refuse(Refusal)
  /// Let fall without a word.
  case drop(Reason)
  /// It waits for the outside.
  case ask(Question)
}

/// A refusal: what the peer is told, and what the operator is told.
package struct Refusal: Error, Hashable, Sendable {
  /// The status of the response, 400 to 699.
  package var status: UInt16
  /// Its reason phrase.
  package var phrase: StaticPhrase
  /// What the operator is told.
  package var cause: Cause
  /// The limit of the policy that decided it, in the order of all limits (`Rules.nameOfLimit`).
  package var rule: UInt32?

  package init(
    _ status: UInt16, _ phrase: StaticPhrase, _ cause: Cause, rule: UInt32? = nil
  ) {
    self.rule = rule
    self.status = status
    self.phrase = phrase
    self.cause = cause
  }

  /// Why, sorted by blame.
  package enum Cause: UInt8, Hashable, Sendable, CaseIterable {
    // The peer asked for what no element gives.
    case unsupportedScheme, tooManyHops, loop, noBreadth, badExtension, noSuchDialog
    case cancelWithoutInvite
    // The policy does not allow it.
    case methodNotAllowed, noRoute, foreignDestination, redirectRefused
    // It cannot be reached from here.
    case unknownName, noTarget
    // No peer has its source, or not at that listener.
    case unknownSource, listenerNotAllowed
    // A limit of ours.
    case tableFull, tooManyWaiting, draining, tooLarge
    // A limit of the policy.
    case rateLimit, sessionLimit
  }
}

extension Refusal {
  /// What limits answer with: 403, 480, 486 or 503. Another status has no words here, and is none
  /// that a policy may name.
  init(limit status: UInt16, _ cause: Cause, rule: UInt32) {
    let phrase: StaticPhrase =
      switch status {
      case 403: .forbidden
      case 480: .temporarilyUnavailable
      case 486: .busyHere
      default: .serviceUnavailable
      }
    self.init(status, phrase, cause, rule: rule)
  }
}

/// The reason phrases of refusals.
package enum StaticPhrase: UInt8, Hashable, Sendable {
  case forbidden, notFound, methodNotAllowed, unsupportedScheme, tooManyHops, loopDetected
  case maxBreadthExceeded, badExtension, noSuchDialog, serverError, serviceUnavailable
  case temporarilyUnavailable, busyHere
  case requestTimeout, requestTerminated, versionNotSupported, messageTooLarge

  /// The words on the status line (RFC 3261 §21).
  package var text: StaticString {
    switch self {
    case .forbidden: "Forbidden"
    case .notFound: "Not Found"
    case .methodNotAllowed: "Method Not Allowed"
    case .unsupportedScheme: "Unsupported URI Scheme"
    case .tooManyHops: "Too Many Hops"
    case .loopDetected: "Loop Detected"
    case .maxBreadthExceeded: "Max-Breadth Exceeded"
    case .badExtension: "Bad Extension"
    case .noSuchDialog: "Call/Transaction Does Not Exist"
    case .serverError: "Server Internal Error"
    case .serviceUnavailable: "Service Unavailable"
    case .temporarilyUnavailable: "Temporarily Unavailable"
    case .busyHere: "Busy Here"
    case .requestTimeout: "Request Timeout"
    case .requestTerminated: "Request Terminated"
    case .versionNotSupported: "Version Not Supported"
    case .messageTooLarge: "Message Too Large"
    }
  }
}

/// Why a message was let fall.
package enum Reason: UInt8, Hashable, Sendable {
  case unknownSource
  case listenerNotAllowed
  /// A rate limit stops it.
  case rateLimit
  /// A response to a request that was sent elsewhere.
  case responseSource
}

/// What a stage wants to know of the outside before it goes on.
package enum Question: Hashable, Sendable {
  /// The addresses of the host name in this range of the message.
  case addresses(of: Slice)
}
