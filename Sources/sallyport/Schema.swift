import ArgumentParser
import Policy

/// `sallyport schema`: the JSON Schema of policies.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the JSON Schema of policies, for editors to complete and check by.",
    discussion: """
      It is made of the same tables as the loader. An editor that speaks to the YAML language \
      server takes it by a first line such as

          # yaml-language-server: $schema=schema.json
      """)

  func run() { print(Schema.text, terminator: "") }
}
