// swift-tools-version: 6.2
import PackageDescription

// Warnings are errors, memory safety is strict, and what a target shows of another it must say.
let settings: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableExperimentalFeature("Lifetimes"),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let containers = Target.Dependency.product(name: "BasicContainers", package: "swift-collections")
let testing: [SwiftSetting] = settings

func stage(_ name: String, _ imports: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: ["Basics", containers] + imports, swiftSettings: settings)
}

func tests(_ name: String, _ imports: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: imports, path: "Tests/\(name)", swiftSettings: testing)
}

// The order below is the order in which a message meets the targets. Arrows point up only:
// a target imports none that stands below it (Tests/HouseTests holds this).
let package = Package(
  name: "Sallyport",
  products: [.executable(name: "sallyport", targets: ["sallyport"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swhitty/FlyingFox", exact: "0.27.1"),
  ],
  targets: [
    .target(name: "CLinux"),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
    .target(name: "Basics", dependencies: [containers], swiftSettings: settings),
    stage("Platform", ["CLinux"]),
    stage("Cryptography", ["COpenSSL"]),
    stage("SIP", []),
    stage("SDP", []),
    stage("Transactions", ["SIP"]),
    stage("Dialogs", ["SIP", "Transactions"]),
    stage("Admission", ["SIP"]),
    stage("Authentication", ["SIP", "Admission"]),
    stage("Identity", ["SIP", "Admission", "Authentication"]),
    stage("Routing", ["SIP", "Admission", "Identity"]),
    stage("Topology", ["SIP", "Routing", "Dialogs"]),
    stage("Media", ["SIP", "SDP", "Routing"]),
    stage(
      "Border",
      [
        "Cryptography", "SIP", "Transactions", "Dialogs", "Admission", "Authentication", "Identity",
        "Routing", "Topology", "Media",
      ]),
    stage(
      "Policy",
      [
        "Border", "SIP", "Admission", "Authentication", "Identity", "Routing", "Topology", "Media",
        .product(name: "Yams", package: "Yams"),
      ]),
    stage("Torture", ["SIP", "Routing", "Border", "Policy"]),
    stage("Capture", ["CPcap"]),
    stage("TorturePlay", ["Platform", "SIP", "Torture", "Capture"]),
    .executableTarget(
      name: "sallyport",
      dependencies: [
        "Basics", "Platform", "SIP", "Transactions", "Dialogs", "Admission", "Authentication",
        "Identity", "Routing", "Topology", "Media", "Border",
        "Policy", "Torture", "TorturePlay", "Capture", containers,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "FlyingFox", package: "FlyingFox"),
        .product(name: "FlyingSocks", package: "FlyingFox"),
      ],
      swiftSettings: settings),

    // Measured, never shipped: `make bench` builds it.
    .executableTarget(
      name: "ParserBenchmark", dependencies: ["Basics", "SIP"],
      path: "Tests/Benchmarks/ParserBenchmark", swiftSettings: settings),
    .executableTarget(
      name: "CoreBenchmark", dependencies: ["Basics", "Admission", "Border", "Rehearsal"],
      path: "Tests/Benchmarks/CoreBenchmark", swiftSettings: settings),
    .executableTarget(
      name: "PolicyBenchmark",
      dependencies: [
        "Basics", "SIP", "Admission", "Routing", "Border", "Policy",
        .product(name: "Yams", package: "Yams"),
      ],
      path: "Tests/Benchmarks/PolicyBenchmark", swiftSettings: settings),

    tests("HouseTests", []),
    tests("AdmissionTests", ["Basics", "SIP", "Admission"]),
    .testTarget(
      name: "CallTests", path: "Tests/CallTests", exclude: ["Scenarios", "call", "flood.c"],
      swiftSettings: testing),
    tests("BasicsTests", ["Basics"]),
    tests(
      "PolicyTests",
      [
        "Basics", "SIP", "Admission", "Routing", "Border", "Policy", "Onslaught", "Rehearsal",
      ]),
    tests(
      "RoutingTests",
      ["Basics", "SIP", "Admission", "Authentication", "Identity", "Routing"]),
    tests("CryptographyTests", ["Basics", "Cryptography", containers]),
    tests("SDPTests", ["Basics", "SDP", "Everything", containers]),
    .target(
      name: "Everything", dependencies: ["Basics", "SIP", "SDP", containers],
      path: "Tests/Fuzz/Everything", swiftSettings: settings),
    .target(
      name: "Onslaught",
      dependencies: [
        "Basics", "SIP", "Dialogs", "Admission", "Routing", "Border", "Policy", "Rehearsal",
      ],
      path: "Tests/Fuzz/Onslaught", swiftSettings: settings),
    tests("SIPTests", ["Basics", "SIP", "Everything"]),
    tests("PlatformTests", ["Basics", "Platform", "CLinux", containers]),
    tests("TransactionsTests", ["Basics", "SIP", "Transactions"]),
    .target(
      name: "Rehearsal",
      dependencies: [
        "Basics", "SIP", "Transactions", "Dialogs", "Admission", "Authentication", "Identity",
        "Routing", "Topology", "Media", "Border", containers,
      ],
      path: "Tests/Rehearsal", swiftSettings: settings),
    tests(
      "BorderTests",
      [
        "Basics", "SIP", "Transactions", "Dialogs", "Admission", "Routing", "Border", "Rehearsal",
        "Onslaught",
      ]),
    tests("DialogsTests", ["Basics", "Dialogs"]),
    tests("CaptureTests", ["Basics", "Capture"]),
    tests("TorturePlayTests", ["Basics", "Platform", "SIP", "Torture", "TorturePlay"]),
    tests("TortureTests", ["COpenSSL", "Basics", "SIP", "Border", "Policy", "Torture"]),
    .testTarget(
      name: "DifferentialTests",
      dependencies: [
        "Basics", "SIP", "Dialogs", "Admission", "Routing", "Border", "Rehearsal", containers,
      ],
      path: "Tests/DifferentialTests", exclude: ["Sofia"], swiftSettings: testing),
    tests(
      "SallyportTests",
      [
        "sallyport", "Basics", "Platform", "SIP", "Admission", "Dialogs", "Border", "Policy",
        "Torture", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
  ]
)

// Fuzzers are built by `Tests/Fuzz/run` alone: everything is then watched by libFuzzer and the
// address sanitizer, which no other build should be. They hold the C of libFuzzer, so they are not
// strict. They are optimised, and yet assert what a debug build does.
if Context.environment["SALLYPORT_FUZZ"] == "1" {
  let watched: [String] = ["-sanitize=fuzzer,address", "-assert-config", "Debug"]
  for target in package.targets where target.type == .regular {
    target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(watched)]
  }
  package.targets.append(
    .target(
      name: "FuzzDriver", path: "Tests/Fuzz/FuzzDriver",
      swiftSettings: [.enableExperimentalFeature("Lifetimes")]))
  let entrances: [(name: String, imports: [Target.Dependency])] = [
    ("FuzzMessages", ["Basics", "SIP", "Everything"]),
    ("FuzzStreams", ["Basics", "SIP"]),
    ("FuzzValues", ["Basics", "Everything"]),
    ("FuzzDescriptions", ["Everything"]),
    ("FuzzPolicies", ["Onslaught"]),
    ("FuzzBorders", ["Onslaught"]),
  ]
  for entrance in entrances {
    package.targets.append(
      .executableTarget(
        name: entrance.name, dependencies: entrance.imports + ["FuzzDriver"],
        path: "Tests/Fuzz/\(entrance.name)",
        swiftSettings: [
          .enableExperimentalFeature("Lifetimes"),
          .unsafeFlags(watched + ["-parse-as-library"]),
        ],
        // gold, the usual linker here, ends with an internal error on what the sanitizers write.
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]))
  }
}
