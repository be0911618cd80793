import Foundation
import Testing

/// The rules of the house, held against every file of the tree.
@Suite("The house")
struct HouseTests {
  static let forSwift: [Rule] = [
    Length.lines, Length.files, Length.functions,
    Imports.asInTheTable,
    Words.memory, Words.foundation, Words.access, Words.asynchronous, Words.awaited,
    Words.force, Words.names,
    Remarks.toDo, Remarks.citations, Remarks.skippedTests,
  ]
  static let forC: [Rule] = [Length.lines, Length.files, Remarks.toDo, Remarks.citations]

  @Test("Swift", arguments: HouseTests.forSwift)
  func swiftText(rule: Rule) throws {
    let texts = try Tree.texts(["swift"])
    #expect(texts.count > 10, "the tree was not found at \(Tree.root.path)")
    report(texts.flatMap(rule.find))
  }

  @Test("C", arguments: HouseTests.forC)
  func cText(rule: Rule) throws {
    report(try Tree.texts(["c", "h"]).flatMap(rule.find))
  }

  @Test("no path of somebody's machine is written down")
  func machinePaths() throws {
    report(try Tree.all.get().flatMap(Remarks.machinePaths.find))
  }

  @Test("a target stands above those that import it")
  func arrowsPointUp() {
    let order = Imports.table.map(\.target)
    for (place, row) in Imports.table.enumerated() {
      let below = row.allowed.intersection(order[place...])
      #expect(below.isEmpty, "\(row.target) imports \(below) from below")
    }
  }

  @Test("every folder of sources or tests is a target of the package")
  func everyFolderIsATarget() throws {
    let package = try String(
      contentsOf: Tree.root.appending(path: "Package.swift"), encoding: .utf8)
    for folder in try Tree.targets() {
      #expect(package.contains("\"\(folder)\""), "Package.swift does not name \(folder)")
    }
  }

  private func report(_ findings: [Finding]) {
    for finding in findings { Issue.record("\(finding)") }
  }
}
