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

  @Test("it ends with its last dialog, and a 2xx that comes again makes none")
  func dialogs() {
    var call = call()
    let first = [call.begin(dialog: 3), call.begin(dialog: 5), call.begin(dialog: 3)]
    #expect(first == [true, true, false])
    let ends = [call.end(dialog: 3), call.end(dialog: 3), call.end(dialog: 7)]
    #expect(ends == [false, false, false])
    let last = call.end(dialog: 5)
    #expect(last)
    let again = [call.begin(dialog: 3), call.begin(dialog: 5), call.begin(dialog: 9)]
    #expect(again == [false, false, true])
    let lastAgain = call.end(dialog: 9)
    #expect(lastAgain)
  }

  @Test("more dialogs than are told apart take the places of those that have ended")
  func manyDialogs() {
    var call = call()
    let tags: [UInt32] = [3, 5, 7, 9, 11]
    var begins: [Bool] = []
    for tag in tags { begins.append(call.begin(dialog: tag)) }
    #expect(begins == [true, true, true, true, false])
    var ends: [Bool] = []
    for tag in tags { ends.append(call.end(dialog: tag)) }
    #expect(ends == [false, false, false, true, false])
    let again = (call.begin(dialog: 13), call.end(dialog: 13))
    #expect(again == (true, true))
  }

  @Test("but not in a call that has ended, which may have known and lost them")
  func manyDialogsAfterTheEnd() {
    var call = call()
    for tag: UInt32 in [3, 5, 7] { _ = call.begin(dialog: tag) }
    for tag: UInt32 in [3, 5, 7] { _ = call.end(dialog: tag) }
    call.end(now: Instant(nanoseconds: 2000), rememberedFor: Interval(nanoseconds: 500))
    let begins = [call.begin(dialog: 9), call.begin(dialog: 11), call.begin(dialog: 3)]
    #expect(begins == [true, false, false])
  }

  @Test("an ended call is remembered for a while, or as long as another usage lasts, and no longer")
  func memory() {
    var call = call()
    call.end(now: Instant(nanoseconds: 2000), rememberedFor: Interval(nanoseconds: 500))
    #expect(call.deadline == Instant(nanoseconds: 2500))
    call.note(.lasts(until: Instant(nanoseconds: 2400)))
    #expect(call.deadline == Instant(nanoseconds: 2500))
    call.note(.begins(until: Instant(nanoseconds: 5000)))
    #expect(call.deadline == Instant(nanoseconds: 5000))
    call.note(.lasts(until: Instant(nanoseconds: 99_000)))
    #expect(call.deadline == Instant(nanoseconds: 9000))
    call.note(.ends)
    #expect(call.deadline == Instant(nanoseconds: 2500))
    for _ in 0..<2 { call.note(.begins(until: Instant(nanoseconds: 6000))) }
    call.note(.ends)
    #expect(call.deadline == Instant(nanoseconds: 6000))
    for _ in 0..<3 { call.note(.ends) }
    #expect(call.deadline == Instant(nanoseconds: 2500))
    var other = self.call()
    other.note(.begins(until: Instant(nanoseconds: 5000)))
    #expect(other.deadline == Instant(nanoseconds: 9000))
    other.end(now: Instant(nanoseconds: 2000), rememberedFor: Interval(nanoseconds: 500))
    #expect(other.deadline == Instant(nanoseconds: 5000))
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
