import Testing

@testable import sallyport

@Suite("The exposition format of Prometheus 0.0.4")
struct ExpositionTests {
  @Test("values of labels are escaped, and read back as they were")
  func escaping() throws {
    let odd = ["a\\b", "c\"d", "e\nf", "\\n", "{}=,", "é", ""]
    var out = Exposition()
    out.begin("odd", .gauge, "What is odd: a \\ and\na line.")
    for (place, value) in odd.enumerated() { out.add(place, .init("it", value)) }
    let text = String(decoding: out.bytes, as: UTF8.self)
    #expect(text.hasPrefix("# HELP sallyport_odd What is odd: a \\\\ and\\na line.\n"))
    #expect(text.contains("sallyport_odd{it=\"e\\nf\"} 2\n"))
    let read = try ExpositionFormat(out.bytes)
    for (place, value) in odd.enumerated() {
      #expect(read["sallyport_odd", "it=\(value)"] == Double(place))
    }
  }

  @Test("a counter ends with _total, seconds have a fraction, and what is empty has no line")
  func families() throws {
    var out = Exposition()
    out.begin("nothing", .counter, "Nothing.")
    out.add("things", .counter, "Things.", 3)
    out.begin("start_seconds", .gauge, "When.")
    out.add(seconds: 1_500_000_000)
    let read = try ExpositionFormat(out.bytes)
    #expect(read.families.count == 2)
    #expect(read.families["sallyport_things_total"]?.kind == "counter")
    #expect(read["sallyport_things_total"] == 3)
    #expect(read["sallyport_start_seconds"] == 1.5)
  }

  @Test(
    "the reader of these tests is strict",
    arguments: [
      "a 1\n", "# HELP a x\na 1\n", "# HELP a x\n# TYPE a gauge\na 1",
      "# HELP a x\n# TYPE a counter\na 1\n", "# HELP a_total x\n# TYPE a_total gauge\na_total 1\n",
      "# HELP a x\n# TYPE a gauge\nb 1\n", "# HELP a x\n# TYPE a gauge\na{b=\"c} 1\n",
      "# HELP a x\n# TYPE a gauge\na{b=\"\\x\"} 1\n", "# HELP a x\n# TYPE a gauge\na 1\na 1\n",
      "# HELP a x\n# TYPE a gauge\n", "# HELP a x\n# TYPE a gauge\na x\n",
      "# HELP a x\n# TYPE a gauge\na{b=\"c\",b=\"c\"} 1\n",
      "# HELP a x\n# TYPE a gauge\na{1=\"c\"} 1\n",
      "# HELP a x\n# TYPE a gauge\na 1\n\n", "# HELP a x\n# TYPE a bytes\na 1\n",
    ])
  func strict(text: String) {
    #expect(throws: ExpositionFormat.Complaint.self) { try ExpositionFormat(Array(text.utf8)) }
  }
}
