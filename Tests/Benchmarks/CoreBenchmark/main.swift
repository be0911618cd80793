import Basics
import Foundation
import Rehearsal

// What the element itself does, without a kernel: to be counted in instructions, which no neighbour
// on the machine disturbs.
//
//   CoreBenchmark CALLS               calls through a border element
//   CoreBenchmark refused MESSAGES    messages that a spent bucket stops unread
let arguments = CommandLine.arguments.dropFirst()
guard let count = arguments.last.flatMap(Int.init), count > 0, arguments.count < 3 else {
  print("usage: CoreBenchmark [refused] COUNT")
  exit(2)
}
if arguments.count == 2 { exit(Refusals.run(count)) }
let calls = count

let (caller, callee) = ("10.1.0.1:5060", "10.2.0.1:5060")
var layout = Layout()
let west = layout.peer("west", ["10.1.0.0/16"], at: [caller])
let east = layout.peer("east", ["10.2.0.0/16"], at: [callee])
layout.route(from: [west], to: east, at: [callee])

let world = World(seed: 1)
let element = Element(world, layout.configuration())
let alice = UserAgent("alice", in: world, at: caller, over: .udp)
let bob = UserAgent("bob", in: world, at: callee, over: .udp)
var plan = Plan()
plan.talk = .seconds(3)
for _ in 0..<calls {
  alice.call("bob", plan)
  world.run(for: .milliseconds(10))
}
world.run(for: .seconds(100))
let answered = alice.all(caller: true).filter { $0.outcome == .answered }.count
print("answered \(answered) of \(calls), \(element.counters)")
exit(answered == calls && element.isEmpty ? 0 : 1)
