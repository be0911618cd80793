import Basics
import Dialogs
import Testing

@Suite("The record of a call")
struct CallTests {
  private func call() -> Call {
    let flow = Flow(.udp, listener: 0, remote: Endpoint(.unspecified, port: 5060))
    return Call(
      id: 7, callIDDigest: 9, key: Key(1, 2), caller: (1, flow), callee: (2, flow), policy: 3,
      began: Instant(nanoseconds: 1000), deadline: Instant(nanoseconds: 9000))
  }

  @Test("the first 2xx answers it, and a further one of a fork changes nothing")
  func firstAnswerCounts() {
    var call = call()
    #expect(call.state == .calling)
    call.answer(status: 200, now: Instant(nanoseconds: 3000))
    call.answer(status: 202, now: Instant(nanoseconds: 5000))
    #expect(call.state == .answered)
    #expect(call.status == 200)
    #expect(call.answered == Instant(nanoseconds: 3000))
  }

  @Test("its summary says how long it took to be answered, and how long it lasted")
  func summaryOfAnsweredCall() {
    var call = call()
    call.answer(status: 200, now: Instant(nanoseconds: 3000))
    let summary = call.summary(cause: .bye, now: Instant(nanoseconds: 8000))
    #expect(summary.setup == Interval(nanoseconds: 2000))
    #expect(summary.duration == Interval(nanoseconds: 5000))
    #expect(summary.cause == .bye)
  }

  @Test("a call that nobody answered lasted no time, and was set up until its end")
  func summaryOfUnansweredCall() {
    let summary = call().summary(cause: .cancelled, now: Instant(nanoseconds: 4000))
    #expect(summary.setup == Interval(nanoseconds: 3000))
    #expect(summary.duration == Interval(nanoseconds: 0))
  }
}
