import Foundation
import Testing

@Suite("The admin port of the program", .timeLimit(.minutes(1)))
struct AdminPortTests {
  private func policy(_ port: Int, admin: Int) -> String {
    """
    version: 1
    element: { name: edge, workers: 1, admin: "127.0.0.1:\(admin)" }
    listeners:
      - { name: u4, transport: udp, address: "127.0.0.1:\(port)" }
    """
  }

  @Test("one that is taken is one clear line and status 1; a check of ports says nothing")
  func taken() async throws {
    try await withFolder { folder in
      let port = try Ports.block()
      let files = ["first", "second"].map { folder.appending(path: "\($0).yaml") }
      for (place, file) in files.enumerated() {
        try policy(port + place, admin: port + 2)
          .write(to: file, atomically: true, encoding: .utf8)
      }
      let serving = try Child("first", Element.binary.path, ["run", files[0].path], in: folder)
      let isServing = try await eventually(within: .seconds(10)) {
        serving.said.contains("serving with")
      }
      #expect(isServing, "\(serving.said)")
      #expect(serving.said.contains("listening on tcp 127.0.0.1:\(port + 2) (admin)"))
      let second = try Child("second", Element.binary.path, ["run", files[1].path], in: folder)
      #expect(try await second.status(within: .seconds(10)) == 1)
      #expect(
        second.said.hasSuffix(
          "sallyport: cannot serve: tcp 127.0.0.1:\(port + 2): the port is in use\n"))
      let check = try Child(
        "check", Element.binary.path, ["run", "--check", files[1].path], in: folder)
      #expect(try await check.status(within: .seconds(10)) == 0)
      serving.signal(SIGTERM)
      #expect(try await serving.status(within: .seconds(10)) == 0)
    }
  }
}
