import Testing

@testable import sallyport

@Suite("What is shown on a terminal")
struct SpeechTests {
  @Test(
    "what could steer it stands there by its number",
    arguments: [
      ("\u{1b}[31mred", "\\x1b[31mred"), ("\u{1b}]0;title\u{7}", "\\x1b]0;title\\x07"),
      ("\u{9b}2J", "\\x9b2J"), ("\u{7f}", "\\x7f"), ("a\u{0}b", "a\\x00b"), ("a\rb", "a\\x0db"),
      ("\u{202e}gpj", "\\u{202e}gpj"), ("\u{2028}", "\\u{2028}"), ("\u{feff}", "\\u{feff}"),
    ])
  func harmless(text: String, shown: String) {
    #expect(text.harmless == shown)
  }

  @Test(
    "what is text stays as it is",
    arguments: ["", "plain `text`\n", "a\tb", "Grüße, 日本 😀", "e\u{301}"])
  func text(text: String) {
    #expect(Array(text.harmless.utf8) == Array(text.utf8))
  }
}
