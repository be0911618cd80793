import Basics
import Routing

// A route whose prefixes stand in a table: its rows become routes that stand in its place, those
// with the longest prefix first, so that the longest one that fits is the first that matches.
extension Binder {
  /// What the rows of one table have in common.
  private struct TableRoute {
    /// The route without prefix and targets.
    var route: Routing.Rules.Route
    var timeout: Interval?
    /// The targets of each text that a row leads to.
    var targets: [[UInt8]: Range<Int>] = [:]
    /// The names of rows, each with that of the route before it.
    var names: [[UInt8]: String] = [:]
  }

  /// - Parameter route: its conditions and settings, without targets.
  mutating func bindTable(_ item: Node, _ node: Node, _ route: Routing.Rules.Route) {
    if let prefixes = node["user-prefix"] {
      findings.add(
        .wrongValue, prefixes.place, "a route with a `table` has its user prefixes there")
    }
    guard let path = item.scalar, let text = tableText(path, item.place) else { return }
    tableLines += text.lineCount
    guard tableLines <= Limits.tableLines else {
      let most = Limits.tableLines
      return findings.add(
        .tooMany, item.place, "the tables of a policy have at most \(most) lines together")
    }
    let before = findings.count
    let table = RouteTable(text, into: &findings)
    if table.rows.isEmpty, findings.count == before {
      findings.add(
        .deadRoute, item.place,
        "`\(path.shortened)` has no rows: route `\(route.name)` takes nothing",
        remedy: "see why the table is empty, or take the route out")
    }
    var common = TableRoute(route: route, timeout: node.interval("timeout"))
    for rows in byLength(table).reversed() {
      for (row, prefix) in rows { bind(table.rows[row], prefix, of: table, &common) }
    }
  }

  private mutating func bind(
    _ row: RouteTable.Row, _ prefix: [UInt8], of table: RouteTable, _ common: inout TableRoute
  ) {
    let place = routing.routes.count
    routing.routes.append(common.route)
    // In its place, part by part: a copy of a route counts the references of all its lists.
    routing.routes[place].requestURI.userPrefixes = [prefix]
    if let name = row.name { routing.routes[place].name = rowName(name, table, &common) }
    routing.routes[place].targets = targets(row.to, table, &common)
    places.routes.append(row.prefix.place)
  }

  /// The rows and their prefixes, at the place of their length; one that is wrong or stands twice
  /// is told.
  private mutating func byLength(_ table: RouteTable) -> [[(row: Int, prefix: [UInt8])]] {
    var lines: [[UInt8]: Int] = Dictionary(minimumCapacity: table.rows.count)
    var found: [[(row: Int, prefix: [UInt8])]] = []
    for (place, row) in table.rows.enumerated() {
      let prefix = Array(table.octets(row.prefix))
      do throws(Complaint) {
        try Names.userPrefix(prefix)
      } catch {
        findings.add(error.rule, row.prefix.place, "`prefix`: \(error.message)")
        continue
      }
      if let line = lines.updateValue(row.prefix.place.line, forKey: prefix) {
        findings.add(
          .duplicateKey, row.prefix.place,
          "`\(table.string(row.prefix))` stands already in line \(line)")
        continue
      }
      while found.count <= prefix.count { found.append([]) }
      found[prefix.count].append((place, prefix))
    }
    return found
  }

  private mutating func rowName(
    _ field: RouteTable.Field, _ table: RouteTable, _ common: inout TableRoute
  ) -> String {
    let octets = Array(table.octets(field))
    if let name = common.names[octets] { return name }
    let text = table.string(field)
    do throws(Complaint) {
      _ = try Names.name(text)
    } catch {
      findings.add(error.rule, field.place, "`name`: \(error.message)")
    }
    let name = "\(common.route.name).\(text)"
    common.names[octets] = name
    return name
  }

  private mutating func targets(
    _ field: RouteTable.Field, _ table: RouteTable, _ common: inout TableRoute
  ) -> Range<Int> {
    let octets = Array(table.octets(field))
    if let range = common.targets[octets] { return range }
    let start = routing.targets.count
    var column = field.place.column
    for name in table.string(field).split(separator: "|", omittingEmptySubsequences: false) {
      var place = field.place
      place.column = column
      addTargets(ofPeer: String(name), place, timeout: common.timeout)
      column += name.unicodeScalars.count + 1
    }
    let range = start..<routing.targets.count
    common.targets[octets] = range
    return range
  }

  private mutating func addTargets(ofPeer name: String, _ place: Place, timeout: Interval?) {
    do throws(Complaint) {
      _ = try Names.name(name)
    } catch {
      return findings.add(error.rule, place, "`to`: \(error.message)")
    }
    let node = Node(place: place, content: .scalar(name))
    appendTargets(ofPeer: node, timeout: timeout)
  }

  /// The text of a table, seen from the file that names it.
  private mutating func tableText(_ path: String, _ place: Place) -> Text? {
    let name = Library.path(path, from: findings.files[place.file])
    let octets: [UInt8]
    do throws(Finding) {
      octets = try library.read(name)
    } catch {
      findings.add(.badInclude, place, "`\(path.shortened)`: \(error.message)")
      return nil
    }
    guard let file = number(ofFile: name) else {
      findings.add(.tooMany, place, "a policy has at most \(Limits.files) files")
      return nil
    }
    do throws(Misplaced) {
      return try Text(octets, file: file)
    } catch {
      findings.add(.unreadable, error.place, error.message, remedy: error.remedy)
      return nil
    }
  }

  private mutating func number(ofFile name: String) -> Int? {
    if let file = findings.files.firstIndex(of: name) { return file }
    guard findings.files.count < Limits.files else { return nil }
    findings.files.append(name)
    return findings.files.count - 1
  }
}
