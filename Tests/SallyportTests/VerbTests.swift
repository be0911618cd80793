import Testing

@testable import sallyport

@Suite("The first word of a command")
struct VerbTests {
  @Test(
    "one that is no verb is told as such, with the one that was probably meant",
    arguments: [
      ("lnit", "sallyport: there is no verb `lnit`; did you mean `lint`?"),
      ("Run", "sallyport: there is no verb `Run`; did you mean `run`?"),
      (
        "p.yaml",
        "sallyport: there is no verb `p.yaml`; its verbs are run, ctl, lint, test, explain, diff,"
          + " torture, schema"
      ),
    ])
  func unknown(word: String, told: String) {
    #expect(Sallyport.complaint(of: word) == told)
  }

  @Test(
    "verbs and options are left to the parser of the arguments",
    arguments: [
      "run", "ctl", "lint", "test", "explain", "diff", "schema", "help", "--version", nil,
    ])
  func known(word: String?) {
    #expect(Sallyport.complaint(of: word) == nil)
  }
}
