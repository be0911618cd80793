import Basics
import CLinux
import Foundation
import Testing

@testable import Platform

/// What is seen without opening anything is what opening would have said.
@Suite("What would keep an element from serving")
struct HindranceTests {
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "h-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  /// Why there is no control socket at a path, when one is made there.
  private func refusal(_ path: String) -> Refusal? {
    do throws(Refusal) {
      _ = try Control(path) { _ in [] }
      return nil
    } catch {
      return error
    }
  }

  /// Why a listener cannot be opened, when it is.
  private func refusal(_ listener: Listener) -> Refusal? {
    do throws(Refusal) {
      _ = try Socket.open(listener)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "addresses: those of this machine, of no machine, and of a family that it may lack",
    arguments: [Transport.udp, .tcp, .tls],
    [
      Address(ipv4: 0x7f00_0001), Address(ipv4: 0x7f01_0203), Address(ipv4: 0xc000_024d),
      Address(high: 0, low: 1), Address(high: 0x2001_0db8_0000_0000, low: 0x77),
    ])
  func addresses(transport: Transport, address: Address) {
    let listener = Listener(transport, Endpoint(address, port: 0))
    let opened = refusal(listener)
    #expect(Hindrances.all([listener], control: nil) == (opened.map { [$0] } ?? []))
    if address == Address(ipv4: 0xc000_024d), transport != .tls {
      #expect(opened == .addressNotAvailable(listener))
    }
  }

  @Test("a port that somebody has is no hindrance, and none is taken", arguments: [true, false])
  func ports(isStream: Bool) throws {
    let transport: Transport = isStream ? .tcp : .udp
    let here = Endpoint(Address(ipv4: 0x7f00_0001), port: 0)
    let first = try Socket.open(Listener(transport, here))
    let local = Socket.local(first)
    let taken = Listener(transport, try #require(local))
    #expect(Hindrances.all([taken, taken], control: nil) == [])
    let probed = #expect(throws: Refusal.self) { try Socket.probe(taken) }
    #expect(probed == .addressInUse(taken))
    // Open to the end of the test.
    let number = first.number
    #expect(number >= 0)
  }

  @Test("the folder of the control socket, and what stands in its place")
  func control() throws {
    try withFolder { folder in
      try Data().write(to: URL(filePath: folder + "/file"))
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/link", withDestinationPath: "none")
      for path in ["none/s", "file/s", "file", "link", "link/s"] {
        let made = refusal("\(folder)/\(path)")
        let found = Hindrances.all([], control: "\(folder)/\(path)")
        #expect(found == [try #require(made, "\(path)")], "\(path)")
      }
      let path = folder + "/s"
      #expect(Hindrances.all([], control: path) == [])
      #expect(!FileManager.default.fileExists(atPath: path))
      let control = try Control(path) { _ in [] }
      #expect(Hindrances.all([], control: path) == [])
      #expect(FileManager.default.fileExists(atPath: path))
      control.close()
    }
  }
}
