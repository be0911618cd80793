import CLinux

/// The standard input, output and error of this process.
package enum StandardStreams {
  /// Gives each of them that is closed `/dev/null`. Otherwise what is opened next would have its
  /// number, and the log would be written into a socket. To be called before anything is opened.
  package static func hold() {
    var number = linux_open_null()
    while (STDIN_FILENO...STDERR_FILENO).contains(number) { number = linux_open_null() }
    if number > STDERR_FILENO { _ = close(number) }
  }

  /// Has the process end with a status and a sentence of its own where what it wrote to the
  /// standard output has not arrived: a full disk must not look like success.
  package static func watchOutput(status: Int32) { linux_watch_output(status) }
}
