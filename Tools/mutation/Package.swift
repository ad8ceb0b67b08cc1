// swift-tools-version: 6.2
import PackageDescription

// The policy engine and its tests alone, so that one changed line builds in seconds. Tools/mutate copies the sources.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
let package = Package(
    name: "Mutation",
    targets: [
        .target(name: "CSystem", path: "Sources/C/CSystem"),
        .systemLibrary(name: "CLibXML2", path: "Sources/C/CLibXML2", pkgConfig: "libxml-2.0"),
        .target(name: "AWS", path: "Sources/Ground/AWS", swiftSettings: settings),
        .target(name: "World", dependencies: ["CSystem"], path: "Sources/Ground/World", swiftSettings: settings),
        .target(
            name: "Formats", dependencies: ["World", "CLibXML2"], path: "Sources/Ground/Formats",
            swiftSettings: settings),
        .target(
            name: "Authorization", dependencies: ["AWS", "World", "Formats"], path: "Sources/4-Authorization",
            swiftSettings: settings),
        .executableTarget(
            name: "vectors", dependencies: ["Authorization", "Simulation", "SecondEvaluator"], path: "Sources/vectors",
            swiftSettings: settings),
        .target(
            name: "Simulation", dependencies: ["Authorization", "AWS", "Formats"],
            path: "Sources/Analysis/Simulation/Vectors", swiftSettings: settings),
        .target(name: "SecondEvaluator", path: "Tests/SecondEvaluator", swiftSettings: settings),
        .testTarget(
            name: "AuthorizationTests", dependencies: ["Authorization", "SecondEvaluator", "Simulation", "AWS", "World", "Formats"],
            path: "Tests/AuthorizationTests", resources: [.copy("Vectors")], swiftSettings: settings),
    ])
