import Foundation
import Testing

/// The rules of the house, held against every file of the tree.
@Suite("The house")
struct HouseTests {
  static let forSwift: [Rule] = [
    Length.lines, Length.files, Length.functions,
    Imports.asInTheTable,
    Shown.documented, Shown.inlinable,
    Words.memory, Words.foundation, Words.access, Words.asynchronous, Words.awaited,
    Words.force, Words.names,
    Remarks.toDo, Remarks.citations, Remarks.skippedTests,
  ]
  static let forC: [Rule] = [
    Length.lines, Length.files, Length.functions, Remarks.toDo, Remarks.citations,
  ]

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

  @Test("a target stands in Package.swift above those that import it")
  func arrowsPointUp() throws {
    let package = try PackageText.read().targets.filter { $0.isSource }
    let order = package.map(\.name)
    #expect(order == Imports.table.map(\.target), "the table of imports has another order")
    let imports = Dictionary(
      grouping: try Tree.texts(["swift"]).filter { $0.target != nil }, by: { $0.target ?? "" })
    for (place, target) in package.enumerated() {
      let written = (imports[target.name] ?? []).flatMap { $0.imports().map(\.module) }
      let allowed = Imports.table.first { $0.target == target.name }?.allowed ?? []
      for wanted in [Set(target.dependencies), Set(written), allowed] {
        let below = wanted.intersection(order[place...])
        #expect(below.isEmpty, "\(target.name) imports \(below) from below")
      }
      // What is imported must also be built before it.
      let missing = Set(written).intersection(order).subtracting(target.dependencies)
        .subtracting(target.isStage ? ["Basics"] : [])
      #expect(missing.isEmpty, "Package.swift does not say that \(target.name) needs \(missing)")
    }
  }

  @Test("Package.swift is read as it is written")
  func packageIsRead() {
    let text = PackageText(
      """
      func stage(_ name: String) -> Target { .target(name: name) }
      let package = Package(
        products: [.executable(name: "second", targets: ["second"])],
        targets: [
          .systemLibrary(name: "COpen", providers: [.apt(["lib"])]),
          // stage("Gone", ["COpen"]),
          stage("First", ["COpen"]),
          .executableTarget(
            name: "second",
            dependencies: [
              "First", box, .product(name: "Far", package: "far"),
            ],
            exclude: ["third"]),
          .target(name: "Made", dependencies: ["First"], path: "Tests/Made"),
        ])
      """)
    #expect(text.targets.map(\.name) == ["COpen", "First", "second", "Made"])
    #expect(text.targets.map(\.dependencies) == [[], ["COpen"], ["First"], ["First"]])
    #expect(text.targets.map(\.isSource) == [true, true, true, false])
    #expect(text.targets.map(\.isStage) == [false, true, false, false])
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
