import Foundation

/// The octets of a policy file. Whatever is not a file that can be read has its own sentence.
enum Source {
  static func read(_ path: String) throws(Finding) -> [UInt8] {
    do {
      let file = URL(fileURLWithPath: path).resolvingSymlinksInPath()
      let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
      try check(attributes, path)
      let handle = try FileHandle(forReadingFrom: file)
      defer { try? handle.close() }
      let octets = try handle.read(upToCount: Limits.octets + 1) ?? Data()
      if octets.count > Limits.octets { throw finding(path, tooLong) }
      return [UInt8](octets)
    } catch let finding as Finding {
      throw finding
    } catch {
      throw finding(path, sentence(for: error))
    }
  }

  private static let tooLong = "the file is longer than \(Units.text(Limits.octets))"

  /// Looked at before it is opened: to open a pipe would wait for somebody to write to it.
  private static func check(
    _ attributes: [FileAttributeKey: Any], _ path: String
  ) throws(Finding) {
    let type = attributes[.type] as? FileAttributeType
    if type == .typeDirectory { throw finding(path, "this is a directory; name the file in it") }
    guard type == .typeRegular else { throw finding(path, "this is not a file") }
    let size = attributes[.size] as? Int ?? 0
    guard size <= Limits.octets else { throw finding(path, tooLong) }
  }

  static func sentence(for error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case .fileNoSuchFile?, .fileReadNoSuchFile?: "there is no such file"
    case .fileReadNoPermission?: "the file may not be read by this user"
    default: "the file cannot be read: \(error.localizedDescription)"
    }
  }

  static func finding(_ path: String, _ message: String) -> Finding {
    Finding(file: path, place: nil, .unreadable, message: message)
  }
}
