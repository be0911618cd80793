/// A task of Swift's concurrency that was caught while it runs, so that another thread can call it
/// off. A library that serves each connection in a task of its own gives no other hold on it.
///
/// Whoever has one gives it up, on that very task, before the task ends.
@safe package struct RunningTask: Hashable, Sendable {
  private nonisolated(unsafe) let task: UnsafeCurrentTask

  /// The task that runs this; `nil` outside of any.
  package init?() {
    guard let task = unsafe withUnsafeCurrentTask(body: { unsafe $0 }) else { return nil }
    unsafe self.task = task
  }

  /// Whether both are the same task.
  package static func == (one: RunningTask, other: RunningTask) -> Bool {
    unsafe one.task == other.task
  }

  /// By the task alone.
  package func hash(into hasher: inout Hasher) { unsafe task.hash(into: &hasher) }

  /// Tells the task to end: what it waits for, or does next, fails in it.
  package func cancel() { unsafe task.cancel() }
}
