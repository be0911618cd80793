import Basics
import Foundation
import Rehearsal

// Calls through a border element without a kernel: what the element itself does for each call, to
// be counted in instructions, which no neighbour on the machine disturbs.
//
//   CoreBenchmark CALLS
guard CommandLine.arguments.count == 2, let calls = Int(CommandLine.arguments[1]), calls > 0 else {
  print("usage: CoreBenchmark CALLS")
  exit(2)
}

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
