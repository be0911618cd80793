import FlyingFox
import Foundation
import Platform

/// What the admin listener answers: `GET /metrics` and `GET /health`, and nothing else.
struct AdminPages: HTTPHandler {
  let scrape: Scrape
  let board: Board
  /// A scrape waits for the workers, which no thread of the library's may do.
  private let waiting = DispatchQueue(label: "admin.scrape")

  init(_ scrape: Scrape, _ board: Board) {
    self.scrape = scrape
    self.board = board
  }

  func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
    switch request.path {
    case "/metrics", "/health":
      guard request.method == .GET else { return Self.notAllowed }
      return request.path == "/health" ? health : await metrics()
    default: return Self.plain(.notFound, "there are /metrics and /health\n")
    }
  }

  /// RFC 9110 §15.6.4: whoever spreads calls over elements sends no new ones to one that answers
  /// 503.
  private var health: HTTPResponse {
    let state = board.facts.state
    return Self.plain(state == .serving ? .ok : .serviceUnavailable, "\(state.rawValue)\n")
  }

  private func metrics() async -> HTTPResponse {
    let text = await withCheckedContinuation { continuation in
      waiting.async { continuation.resume(returning: scrape.text(now: Clock.now())) }
    }
    return Self.answer(.ok, Exposition.contentType, text)
  }

  /// RFC 9110 §15.5.6.
  private static var notAllowed: HTTPResponse {
    var response = plain(.methodNotAllowed, "it is only read: GET\n")
    response.headers[HTTPHeader("Allow")] = "GET"
    return response
  }

  private static func plain(_ status: HTTPStatusCode, _ text: String) -> HTTPResponse {
    answer(status, "text/plain; charset=utf-8", Array(text.utf8))
  }

  /// One answer for each connection: none is kept open.
  private static func answer(
    _ status: HTTPStatusCode, _ type: String, _ bytes: [UInt8]
  ) -> HTTPResponse {
    HTTPResponse(
      statusCode: status, headers: [.contentType: type, .connection: "close"], body: Data(bytes))
  }
}
