import Basics
import Platform
import Torture

/// A response that no transaction waits for is dropped by every element, whatever it thinks of it.
/// So a request is sent through the element, and the response is made to answer that.
extension NetworkPlayer {
  func answer(_ attempt: Attempt) -> Observation {
    var observation = Observation(sent: attempt.octets)
    let response = Wire(attempt.octets)
    let method = response.method
    do throws(Hindrance) {
      let way = try self.way(attempt.transport)
      defer { leave(way) }
      var opening = Course(
        request(method, "sip:torture@\(hop.hostPort)", over: attempt.transport), by: way)
      defer { remember(opening) }
      posts.send(opening.sent, by: way)
      watch(&opening)
      guard let arrived = opening.forwarded.first(where: { Wire($0.octets).method == method })
      else {
        settle(&opening)
        throw Hindrance("no \(method) came out behind the element that it could answer (--behind)")
      }
      observation.sent = response.answering(Wire(arrived.octets))
      var course = Course(opening.sent, by: way)
      posts.send(observation.sent, by: arrived.way)
      watch(&course)
      observation.forwarded = course.answers.map(\.seen)
      observation.answers = course.forwarded.filter { Wire($0.octets).isResponse }.map(\.seen)
      finish(&course, arrived)
    } catch {
      observation.trouble = error.description
    }
    return observation
  }

  /// Ends the transaction, and the call that the response may have made.
  private func finish(_ course: inout Course, _ arrived: Posts.Arrival) {
    let request = Wire(arrived.octets)
    let limit = Clock.now() + .milliseconds(300)
    guard let status = course.final?.status else {
      posts.send(request.ending(contact: contact(of: arrived.way)), by: arrived.way)
      hear(&course, until: limit) { $0.final != nil }
      if let final = course.final { acknowledge(final, course.sent, by: course.way) }
      return
    }
    guard request.method == "INVITE" else { return }
    guard status < 300 else {
      return acknowledge(course.final ?? request, course.sent, by: course.way)
    }
    // Whoever was called ends it: the Contact of the answer may be anywhere, the caller's is here.
    let bye = voice.bye(
      to: request, tag: "live", over: arrived.way.transport, from: arrived.way.local.hostPort)
    posts.send(bye, by: arrived.way)
    hear(&course, until: limit) { course in
      course.forwarded.contains { $0.side == .caller && Wire($0.octets).method == "BYE" }
    }
    for arrival in course.forwarded where arrival.side == .caller {
      posts.send(Wire(arrival.octets).ending(contact: contact(of: arrival.way)), by: arrival.way)
    }
    hear(&course, until: limit) { course in
      course.forwarded.contains { $0.side == .callee && Wire($0.octets).isResponse }
    }
  }
}
