import Testing

/// Each rule finds what it is there to find, and nothing else: a rule that cannot fail holds
/// nothing.
@Suite("The rules of the house")
struct RuleTests {
  struct Example: Sendable, CustomTestStringConvertible {
    let rule: Rule
    let path: String
    let text: String
    /// The lines on which the rule must find something.
    let lines: [Int]

    init(_ rule: Rule, _ text: String, in path: String = "Sources/Routing/Made.swift", at: Int...) {
      self.rule = rule
      self.text = text
      self.path = path
      lines = at
    }

    var testDescription: String {
      "\(rule.name): \(text.prefix(40).split(separator: "\n").joined(separator: " | "))"
    }
  }

  @Test(
    "find what breaks them, with its line",
    arguments: RuleTests.lengths + RuleTests.shown + RuleTests.words + RuleTests.remarks)
  func finds(example: Example) {
    let text = SourceText(path: example.path, text: example.text)
    let found = example.rule.find(text)
    #expect(found.map(\.line) == example.lines, "\(found)")
    #expect(found.allSatisfy { $0.path == example.path })
  }

  static func function(_ lines: Int, head: String = "func long() {") -> String {
    "\n" + head + String(repeating: "\n  go()", count: lines - 2) + "\n}\n"
  }

  static let lengths = [
    Example(Length.lines, "let a = 1\n" + String(repeating: "x", count: 101), at: 2),
    Example(Length.lines, String(repeating: "ü", count: 100)),
    Example(Length.files, String(repeating: "\n", count: 501), at: 1),
    Example(Length.files, String(repeating: "\n", count: 500)),
    Example(Length.functions, function(61), at: 2),
    Example(Length.functions, function(60)),
    Example(Length.functions, function(61, head: "init(_ a: () -> Int = { 1 }) {"), at: 2),
    Example(Length.functions, function(61, head: "deinit {"), at: 2),
    Example(Length.functions, function(61, head: "var long: Int {"), at: 2),
    Example(Length.functions, function(61, head: "subscript(_ a: Int) -> Int {"), at: 2),
    Example(Length.functions, function(61, head: "func f() -> Int {\n  go(\"}\") // }"), at: 2),
    Example(Length.functions, function(61, head: "struct Long {")),
    Example(Length.functions, "protocol P {\n  func f()\n}" + function(61, head: "enum E {")),
    Example(Length.functions, function(61, head: "let f = A.init(1)\nenum E {")),
    Example(Length.functions, function(61, head: "static int f(int (*g)(int)) {"), in: c, at: 2),
    Example(Length.functions, "int a(void) {\n}" + function(61, head: "b(1) {"), in: c, at: 3),
    Example(Length.functions, function(60, head: "int f(void) {"), in: c),
    Example(Length.functions, function(61, head: "struct long_one {"), in: c),
    Example(Length.functions, function(61, head: "int table[] = {") + "int f(void);", in: c),
  ]
  private static let c = "Sources/CLinux/Made.c"

  static let shown = [
    Example(Shown.documented, "package func f() {}\n\npublic var a = 1", at: 1, 3),
    Example(Shown.documented, "/// Does it.\npackage func f() {}\n  /// So.\n  package let b: Int"),
    Example(
      Shown.documented, "// Not so.\n@inlinable\n@_lifetime(copy b)\npublic init(b: B) { go() }",
      in: "Sources/SIP/Made.swift", at: 2),
    Example(Shown.documented, "/// So.\n@inline(__always)\n@_lifetime(copy b)\npackage func f()"),
    Example(Shown.documented, "\npackage private(set) var a = 1\nprivate var b = 1", at: 2),
    Example(Shown.documented, "struct S {\n  package enum E {\n    case a\n  }\n}", at: 2),
    Example(Shown.documented, "package import Basics\nfunc f() {}\nlet a = package.init"),
    Example(Shown.documented, "package init(a: A) {\n  self.a = a\n  b = b\n}\npackage init() {}"),
    Example(Shown.documented, "package init(a: A) {\n  self.a = a + 1\n}", at: 1),
    Example(
      Shown.documented, "package static func == (a: S, b: S) -> Bool\npackage var description: T"),
    Example(Shown.documented, "package func f() {}", in: "Tests/T/A.swift"),
    Example(Shown.inlinable, "public func f<T>(_ t: T) {}", in: sip, at: 1),
    Example(Shown.inlinable, "\npublic func f(_ t: some P) {}", in: sip, at: 2),
    Example(Shown.inlinable, "@inlinable\npublic func f<T>(_ t: T) {}", in: sip),
    Example(Shown.inlinable, "public func f(_ t: Span<T>) -> A<B> {}", in: sip),
    Example(Shown.inlinable, "public static func < (a: A, b: A) -> Bool { c }", in: sip),
    Example(
      Shown.inlinable,
      "public struct S<T> {\n  public var a = 1\n  public var b: T { c }\n  func d() {}\n}",
      in: sip, at: 3),
    Example(
      Shown.inlinable,
      "struct S<T> {}\nextension S {\n  @usableFromInline func f() {}\n}\npublic func g() {}",
      in: sip, at: 3),
    Example(Shown.inlinable, "package func f<T>(_ t: T) {}"),
  ]
  private static let sip = "Sources/SIP/Made.swift"

  static let words = [
    Example(Imports.asInTheTable, "import Basics\npackage import Border\n", at: 2),
    Example(Imports.asInTheTable, "import struct Foundation.Data", at: 1),
    Example(Imports.asInTheTable, "import Basics\n\nimport BasicContainers\n// import Border"),
    Example(Imports.asInTheTable, "import Basics", in: "Sources/Unheard/Made.swift", at: 1),
    Example(Words.memory, "let a = 1\nlet b = unsafe c", at: 2),
    Example(Words.memory, "@safe struct S { let p: UnsafeRawPointer }", at: 1, 1),
    Example(Words.memory, "let safe = \"unsafe\" // unsafe"),
    Example(Words.memory, "let b = unsafe c", in: "Sources/Platform/Made.swift"),
    Example(Words.memory, "let b = \"\\(unsafe c)\"", at: 1),
    Example(Words.foundation, "\nimport Foundation", at: 2),
    Example(Words.foundation, "import Foundation", in: "Sources/Policy/Made.swift"),
    Example(Words.access, "public struct S {}\npublic import Basics", at: 1, 2),
    Example(Words.access, "public struct S {}", in: "Sources/SIP/Made.swift"),
    Example(Words.access, "Logger.privacy(.public)"),
    Example(Words.asynchronous, "func f() async {\n}", at: 1),
    Example(Words.awaited, "\n\nawait f()", at: 3),
    Example(Words.awaited, "await f()", in: "Sources/sallyport/Made.swift"),
    Example(Words.force, "let a = try! f()\nlet b = c as! D", at: 1, 2),
    Example(Words.force, "let a = try? f()\nlet b = c as? D\nlet d = e != f"),
    Example(Words.names, "struct PeerManager {}", at: 1),
    Example(
      Words.names, "enum Good {}\nfinal class UtilBelt {}\nprotocol InviteHandler {}", at: 2, 3),
    Example(Words.names, "struct Utility {}\nstruct Commonwealth {}"),
  ]

  static let remarks = [
    Example(Remarks.toDo, "let a = 1 // TODO later", at: 1),
    Example(Remarks.toDo, "/* x\n FIXME: it\n*/", at: 2),
    Example(Remarks.toDo, "// TODO(RFC 5393 wants a hash over more fields): widen it\n"),
    Example(Remarks.toDo, "let TODO = \"TODO\""),
    Example(Remarks.citations, "// rfc3261 says\n// RFC3261 says\n// RFC-3261", at: 1, 2, 3),
    Example(Remarks.citations, "// RFC 3261, section 17.2\n// See Sec. 3", at: 1, 2),
    Example(Remarks.citations, "// RFC 3261 § 17.2", at: 1),
    Example(Remarks.citations, "// RFC 3261 §17.2.1, and a section of it"),
    Example(Remarks.skippedTests, "@Test(.disabled()) func f() {}", in: "Tests/T/A.swift", at: 1),
    Example(Remarks.skippedTests, "@Test(.enabled(if: has(\"x\")))", in: "Tests/T/A.swift", at: 1),
    Example(Remarks.skippedTests, "@Test(.disabled(\"no IPv6 in here\"))", in: "Tests/T/A.swift"),
    Example(Remarks.machinePaths, "a\nlet b = \"/" + "home/me/x\"", at: 2),
    Example(Remarks.machinePaths, "/" + "work/main", in: "Makefile", at: 1),
    Example(Remarks.machinePaths, "frame/work/main ./home/x"),
  ]
}
