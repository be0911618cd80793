// libFuzzer's own entry: SwiftPM gives the program another `main` than the one that
// libFuzzer brings along.
@_silgen_name("LLVMFuzzerRunDriver")
private func run(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// What `main` of a fuzzer does: it hands over its arguments and the function that takes one input.
public func fuzz(
  _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32 {
  var count = count
  var arguments = arguments
  return run(&count, &arguments, body)
}

/// Lends one input as a span.
public func octets(
  _ start: UnsafePointer<UInt8>?, _ count: Int, _ body: (Span<UInt8>) -> Void
) -> Int32 {
  body(UnsafeBufferPointer(start: start, count: start == nil ? 0 : count).span)
  return 0
}
