import CLinux

/// A thread of the kernel.
enum Thread {
  private final class Start: Sendable {
    let name: String
    let core: Int?
    let body: @Sendable () -> Void

    init(_ name: String, _ core: Int?, _ body: @escaping @Sendable () -> Void) {
      self.name = name
      self.core = core
      self.body = body
    }

    func run() {
      _ = unsafe name.withCString { unsafe linux_name_thread($0) }
      // A thread that may not be pinned runs all the same.
      if let core { _ = linux_pin_thread(Int32(truncatingIfNeeded: core)) }
      // Naps are fractions of a millisecond; the kernel would lengthen each by 50 microseconds.
      _ = linux_timer_slack(1_000)
      body()
    }
  }

  /// Starts a thread; `nil` when there can be no more.
  static func start(
    _ name: String, core: Int?, _ body: @escaping @Sendable () -> Void
  ) -> pthread_t? {
    let start = Start(name, core, body)
    let raw = unsafe Unmanaged.passRetained(start).toOpaque()
    var thread = pthread_t()
    let code = unsafe pthread_create(
      &thread, nil,
      { raw in
        if let raw = unsafe raw {
          unsafe Unmanaged<Start>.fromOpaque(raw).takeRetainedValue().run()
        }
        return nil
      }, raw)
    if code != 0 { unsafe Unmanaged<Start>.fromOpaque(raw).release() }
    return code == 0 ? thread : nil
  }
}
