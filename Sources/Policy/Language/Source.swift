package import Foundation

/// The octets of a policy file. Whatever is not a file that can be read has its own sentence.
enum Source {
  static func read(_ path: String) throws(Finding) -> [UInt8] {
    guard !path.isEmpty else {
      throw finding(path, "the name of the file is empty", "write the name of the file")
    }
    do {
      let file = URL(fileURLWithPath: path).resolvingSymlinksInPath()
      let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
      try check(attributes, path)
      let handle = try FileHandle(forReadingFrom: file)
      defer { try? handle.close() }
      return try octets(of: handle, path)
    } catch let finding as Finding {
      throw finding
    } catch {
      throw finding(path, sentence(for: error), remedy(for: error))
    }
  }

  /// Whether a path names what a process was given open: there is nothing to look at before, and
  /// who names it wants it to be waited for.
  static func isStream(_ path: String) -> Bool {
    path == "-" || path == "/dev/stdin" || path.hasPrefix("/dev/fd/")
  }

  /// What comes from such a one until its end.
  static func stream(_ path: String) -> Result<[UInt8], Finding> {
    do {
      let handle =
        path == "-"
        ? .standardInput : try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      let octets = try handle.read(upToCount: Limits.octets + 1) ?? Data()
      return octets.count > Limits.octets ? .failure(tooLong(path)) : .success([UInt8](octets))
    } catch {
      return .failure(finding(path, sentence(for: error), remedy(for: error)))
    }
  }

  /// The path without links and turns.
  static func identity(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().path
  }

  /// What looks like a file and has no end, such as `/proc/kmsg`, would keep whoever reads it for
  /// ever: nothing is waited for.
  private static func octets(of handle: FileHandle, _ path: String) throws -> [UInt8] {
    let flags = fcntl(handle.fileDescriptor, F_GETFL)
    _ = fcntl(handle.fileDescriptor, F_SETFL, flags | O_NONBLOCK)
    let octets = try handle.read(upToCount: Limits.octets + 1) ?? Data()
    if octets.count > Limits.octets { throw tooLong(path) }
    return [UInt8](octets)
  }

  private static func tooLong(_ path: String) -> Finding {
    finding(
      path, "the file is longer than \(Units.text(Limits.octets))",
      "put lists of numbers into tables (`table:`), or split the policy between elements")
  }

  /// Looked at before it is opened: to open a pipe would wait for somebody to write to it.
  private static func check(
    _ attributes: [FileAttributeKey: Any], _ path: String
  ) throws(Finding) {
    switch attributes[.type] as? FileAttributeType {
    case .typeRegular?: break
    case .typeDirectory?:
      throw finding(path, "this is a directory; name the file in it", "name the file in it")
    case .typeSymbolicLink?:
      throw finding(path, "this is a link that leads to no file", "mend the link, or name the file")
    default:
      throw finding(path, "this is not a file", "name a file, or `-` for the standard input")
    }
    let size = attributes[.size] as? Int ?? 0
    guard size <= Limits.octets else { throw tooLong(path) }
  }

  static func sentence(for error: any Error) -> String {
    let code = (error as? CocoaError)?.code
    switch (code, number(of: error)) {
    case (.fileNoSuchFile?, _), (.fileReadNoSuchFile?, _), (_, .ENOENT?):
      return "there is no such file"
    case (.fileReadNoPermission?, _), (_, .EACCES?), (_, .EPERM?):
      return "the file may not be read by this user"
    case (.fileReadInvalidFileName?, _), (_, .ENAMETOOLONG?):
      return "the name of the file is too long for this system"
    case (_, .ENOTDIR?): return "there is no such file: a part of its path is no directory"
    case (_, .ELOOP?): return "this is a link that leads to no file"
    case (_, .EAGAIN?): return "this is not a file: it has no end, and more may come at any time"
    case (_, let number?): return "the file cannot be read (errno \(number.rawValue))"
    case (_, nil): return "the file cannot be read"
    }
  }

  private static func remedy(for error: any Error) -> String {
    switch ((error as? CocoaError)?.code, number(of: error)) {
    case (.fileReadNoPermission?, _), (_, .EACCES?), (_, .EPERM?):
      "let this user read the file and enter its directories"
    default: "name a file that is there and can be read, as seen from where this runs"
    }
  }

  /// The kernel's word for it.
  fileprivate static func number(of error: any Error) -> POSIXErrorCode? {
    let inner = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
    for error in [error, inner].compactMap(\.self) {
      let told = error as NSError
      guard told.domain == NSPOSIXErrorDomain else { continue }
      return POSIXErrorCode(rawValue: Int32(clamping: told.code))
    }
    return nil
  }

  static func finding(
    _ path: String, _ message: String, _ remedy: String? = nil
  ) -> Finding {
    Finding(file: path, place: nil, .unreadable, message: message, remedy: remedy)
  }
}

extension Snapshot {
  /// What the kernel said, for an error of Foundation that has it inside.
  package static func systemError(in error: any Error) -> POSIXErrorCode? {
    Source.number(of: error)
  }
}
