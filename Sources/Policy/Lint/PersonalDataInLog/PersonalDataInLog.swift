import Border

extension Rule {
  static let personalDataInLog = Rule(
    "personal-data-in-log", "addresses stand in the log as they are",
    .personalDataInLog, .warning
  ) { study, remarks in
    guard study.settings.showsPersonalData else { return }
    remarks.add(
      study.root["element"]?["log"]?["personal"]?.place,
      "the log holds the addresses of callers and callees as they are")
  }
}
