// swift-tools-version: 6.2
import PackageDescription

// Read top-down: the folders are the way of a request, in order. `Documentation/Decisions/0001` tells why.

/// Settings of every module of ours.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
    // Generic codecs and small accessors are specialised and inlined across modules in release builds.
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]
/// Modules that never touch a C library also compile under strict memory safety.
let safe: [SwiftSetting] = strict + [.strictMemorySafety()]

func module(_ name: String, at path: String, uses dependencies: [String] = [], _ settings: [SwiftSetting] = safe)
    -> Target
{
    .target(
        name: name, dependencies: dependencies.map { .init(stringLiteral: $0) }, path: "Sources/" + path,
        swiftSettings: settings)
}
func tests(_ name: String, uses dependencies: [String], resources: [Resource] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies.map { .init(stringLiteral: $0) }, path: "Tests/" + name,
        resources: resources, swiftSettings: strict)
}
func library(_ name: String, links: [String]) -> Target {
    .target(name: name, path: "Sources/C/" + name, linkerSettings: links.map { .linkedLibrary($0) })
}

/// A service: its handlers, on its own shapes and those of the services it calls.
func service(_ name: String, uses more: [String] = []) -> Target {
    module(
        name + "Service", at: "6-Services/\(name)/Service",
        uses: [
            name + "API", "Door", "AWS", "World", "Formats", "Smithy", "HTTP", "Storage", "Journal", "Crypto",
            "Authentication", "Authorization",
        ] + more)
}

/// The shapes of a service, written by `gatehouse-codegen` (`make generate`) and checked in.
func api(_ service: String) -> Target {
    module(service + "API", at: "6-Services/\(service)/API", uses: ["Smithy", "World", "AWS"])
}

let targets: [Target] = [
    // C libraries of Debian, and the few system calls Glibc's module does not import.
    library("CSystem", links: []),
    library("COpenSSL", links: ["ssl", "crypto"]),
    library("CSQLite", links: ["sqlite3"]),
    library("CArgon2", links: ["argon2"]),
    .systemLibrary(name: "CZip", path: "Sources/C/CZip"),
    library("CZLib", links: ["z"]),
    library("CCurl", links: ["curl", "ssl", "crypto"]),
    library("CData", links: []),
    library("CJemalloc", links: ["jemalloc"]),
    library("CFIDO2", links: ["fido2"]),
    library("CPKCS11", links: []),
    library("CQRCode", links: ["qrencode", "png16"]),
    .systemLibrary(name: "CLibXML2", path: "Sources/C/CLibXML2", pkgConfig: "libxml-2.0"),
    .systemLibrary(name: "CXMLSecLibrary", path: "Sources/C/CXMLSecLibrary", pkgConfig: "xmlsec1-openssl"),
    .target(
        name: "CXMLSec", dependencies: ["CXMLSecLibrary", "CLibXML2"], path: "Sources/C/CXMLSec",
        linkerSettings: [.linkedLibrary("crypto")]),

    // Ground: below everything.
    module("AWS", at: "Ground/AWS"),
    module("World", at: "Ground/World", uses: ["CSystem"], strict),
    module("Crypto", at: "Ground/Crypto", uses: ["World", "COpenSSL", "CArgon2", "CSystem"], strict),
    module("Formats", at: "Ground/Formats", uses: ["World", "CLibXML2", "CZLib"], strict),
    module("Catalogue", at: "Ground/Catalogue", uses: ["CData", "World"], strict),
    module("Pictures", at: "Ground/Pictures", uses: ["CQRCode"], strict),
    module("WebAuthn", at: "Ground/WebAuthn", uses: ["Crypto", "Formats", "CFIDO2"], strict),
    module("HTTP", at: "Ground/HTTP", uses: ["World"]),
    module("Smithy", at: "Ground/Smithy", uses: ["World", "Formats", "HTTP"]),
    module("Storage", at: "Ground/Storage", uses: ["World", "CSQLite", "CSystem"], strict),
    module("KeyVault", at: "Ground/KeyVault", uses: ["World", "Crypto", "PKCS11", "CSystem"], strict),
    module("PKCS11", at: "Ground/PKCS11", uses: ["World", "Crypto", "CPKCS11", "CSystem"], strict),
    module("KeyEngine", at: "Ground/KeyEngine", uses: ["World", "Crypto", "KeyVault", "PKCS11"], strict),
    module("Blobs", at: "Ground/Blobs", uses: ["World", "Crypto", "CSystem"], strict),
    module("Federation", at: "Ground/Federation", uses: ["World", "Crypto", "Formats", "CCurl", "CXMLSec"], strict),

    // The way of a request.
    module("Edge", at: "1-Edge", uses: ["HTTP", "World", "Crypto", "CSystem", "COpenSSL"], strict),
    module("Wire", at: "2-Wire", uses: ["HTTP", "Smithy", "Formats", "World", "AWS"]),
    module("Authentication", at: "3-Authentication", uses: ["HTTP", "AWS", "World", "Crypto", "Formats"]),
    module("Authorization", at: "4-Authorization", uses: ["AWS", "World", "Formats"]),
    module(
        "PolicyGeneration", at: "Analysis/PolicyGeneration",
        uses: ["Authorization", "AWS", "World", "Formats", "Catalogue"]),
    module("Journal", at: "7-Journal", uses: ["AWS", "World", "Crypto", "Formats", "Smithy", "Storage"]),
    module(
        "Door", at: "5-Dispatch",
        uses: [
            "HTTP", "AWS", "World", "Formats", "Smithy", "Storage", "KeyVault", "Wire", "Authentication",
            "Authorization", "Journal",
        ]),
    module("Observers", at: "8-Observers", uses: ["World", "Storage", "Journal"]),

    // Other uses of the policy engine, beside the way of a request.
    module("PolicyChecks", at: "Analysis/PolicyChecks", uses: ["Authorization", "Catalogue", "Formats", "AWS"]),
    module(
        "Simulation", at: "Analysis/Simulation", uses: ["Authorization", "AWS", "World", "Formats", "Catalogue"]),

    // The services' shapes, and what writes them.
    api("AccessAnalyzer"),
    api("CloudTrail"),
    api("IAM"),
    api("KMS"),
    api("S3"),
    api("S3Control"),
    api("SSM"),
    api("STS"),
    api("SecretsManager"),
    api("Signin"),
    service("AccessAnalyzer", uses: ["PolicyChecks", "PolicyGeneration", "Observers"]),
    service("CloudTrail"),
    service(
        "IAM", uses: ["Federation", "KeyVault", "Catalogue", "Observers", "Simulation", "Pictures", "WebAuthn"]),
    service("KMS", uses: ["KeyEngine", "KeyVault", "Observers"]),
    service("S3", uses: ["S3ControlAPI", "KMSAPI", "Blobs", "Observers"]),
    service("SSM", uses: ["KMSAPI", "SecretsManagerAPI"]),
    service("STS", uses: ["Federation", "KeyVault"]),
    service("SecretsManager", uses: ["KMSAPI", "Observers"]),
    service("Signin", uses: ["IAMAPI", "STSAPI", "KeyVault"]),
    .executableTarget(
        name: "gatehouse-codegen", dependencies: ["World", "Formats", "COpenSSL", "Catalogue"], path: "Sources/Codegen",
        swiftSettings: strict),

    // The server.
    .executableTarget(
        name: "gatehouse",
        dependencies: [
            "Edge", "Wire", "Authentication", "Authorization", "Door", "Journal", "Observers", "HTTP", "AWS", "World",
            "Crypto", "Formats", "Smithy", "Storage", "KeyVault", "KeyEngine", "PKCS11", "Blobs", "CSystem", "CZip",
            "Federation", "IAMAPI", "STSAPI", "KMSAPI", "KMSService", "SecretsManagerAPI", "SecretsManagerService",
            "SSMAPI", "SSMService",
            "CloudTrailAPI",
            "S3API",
            "S3ControlAPI", "IAMService", "STSService", "CloudTrailService", "S3Service", "AccessAnalyzerAPI",
            "AccessAnalyzerService", "SigninAPI", "SigninService", "PolicyChecks", "Simulation", "Catalogue",
            "PolicyGeneration",
        ], path: "Sources/Gatehouse", swiftSettings: strict,
        // In place of malloc: each request makes and frees some forty small things.
        linkerSettings: [.linkedLibrary("jemalloc")]),
    .executableTarget(
        name: "bench-edge", dependencies: ["Edge", "HTTP", "World", "CSystem"], path: "Benchmarks/Edge",
        swiftSettings: strict),
    .executableTarget(
        name: "bench-store", dependencies: ["Storage", "World", "CSystem"], path: "Benchmarks/Store",
        swiftSettings: strict),
    .executableTarget(
        name: "bench-journal", dependencies: ["Journal", "Observers", "Storage", "AWS", "World"],
        path: "Benchmarks/Journal", swiftSettings: strict),
    .executableTarget(
        name: "bench-policy", dependencies: ["Authorization", "AWS", "World", "CSystem", "CJemalloc"],
        path: "Benchmarks/Policy",
        swiftSettings: strict),
    .executableTarget(
        name: "bench-keys", dependencies: ["KeyEngine", "KeyVault", "PKCS11", "Crypto", "World"],
        path: "Benchmarks/Keys",
        swiftSettings: strict),
    .executableTarget(
        name: "bench-reference", dependencies: ["Crypto", "World", "CSystem"], path: "Benchmarks/Reference",
        swiftSettings: strict),

    // What the tests of several modules stand on.
    .target(
        name: "Scaffold",
        dependencies: [
            "Wire", "Authentication", "Door", "Federation", "Journal", "World", "Smithy", "Storage", "KeyVault",
            "IAMService",
            "STSService", "CloudTrailService", "AccessAnalyzerService",
        ], path: "Tests/Scaffold", swiftSettings: strict),

    // What the fuzzer runs (Tools/fuzz), and its corpus as ordinary tests.
    .target(
        name: "FuzzTargets",
        dependencies: [
            "Edge", "HTTP", "World", "AWS", "Formats", "Smithy", "Crypto", "Wire", "Authentication", "Authorization",
            "Journal",
            "Blobs", "IAMAPI", "STSAPI", "S3API", "S3ControlAPI", "CloudTrailAPI", "AccessAnalyzerAPI", "PolicyChecks",
            "Federation", "WebAuthn",
        ], path: "Tests/Fuzz", exclude: ["Corpus", "Vectors", "seed.py", "sign.py"], swiftSettings: strict),
    tests("FuzzTests", uses: ["FuzzTargets"]),

    // A second evaluator, written from the specification alone, which imports nothing of ours: the judge of the first.
    .target(name: "SecondEvaluator", path: "Tests/SecondEvaluator", swiftSettings: strict),
    .executableTarget(
        name: "differ", dependencies: ["SecondEvaluator", "Authorization", "Simulation"], path: "Tests/Differ",
        swiftSettings: strict),
    tests(
        "AuthorizationTests", uses: ["Authorization", "SecondEvaluator", "Simulation", "AWS", "World", "Formats"],
        resources: [.copy("Vectors")]),
    tests("SimulationTests", uses: ["Simulation", "Authorization", "AWS", "World", "Formats", "Catalogue"]),
    tests(
        "AuthenticationTests", uses: ["Authentication", "HTTP", "AWS", "World", "Crypto"], resources: [.copy("Vectors")]
    ),
    tests("CryptoTests", uses: ["Crypto", "World"]),
    tests("EdgeTests", uses: ["Edge", "HTTP", "World", "Crypto", "CSystem"]),
    tests(
        "S3Tests",
        uses: [
            "S3Service", "S3API", "S3ControlAPI", "KMSAPI", "IAMService", "IAMAPI", "Door", "Journal", "Blobs",
            "KeyVault",
            "Storage",
            "Authentication", "Authorization", "Wire", "Smithy", "HTTP", "AWS", "World", "Crypto", "Formats",
        ]),
    tests("FormatsTests", uses: ["Formats", "World"]),
    tests("StorageTests", uses: ["Scaffold", "Storage", "World"]),
    tests("BlobsTests", uses: ["Blobs", "Crypto", "World"]),
    tests(
        "DoorTests",
        uses: [
            "Scaffold", "Door", "Authentication", "Authorization", "Journal", "HTTP", "AWS", "World", "Crypto",
            "Formats", "Smithy", "Storage", "KeyVault", "IAMAPI", "IAMService", "Observers", "STSAPI", "CloudTrailAPI",
            "AccessAnalyzerAPI", "AccessAnalyzerService", "Catalogue",
        ], resources: [.copy("Golden"), .copy("Reference")]),
    tests(
        "StormTests",
        uses: [
            "Scaffold", "Door", "Authentication", "Journal", "HTTP", "AWS", "World", "Crypto", "Formats", "Smithy",
            "Storage", "Blobs", "KeyVault", "IAMAPI", "AccessAnalyzerService", "IAMService", "STSAPI", "CloudTrailAPI",
            "S3API", "S3Service",
        ]),
    tests(
        "PolicyGenerationTests", uses: ["PolicyGeneration", "Authorization", "AWS", "World", "Formats", "Catalogue"]),
    tests("AWSTests", uses: ["AWS"]),
    tests("CatalogueTests", uses: ["Catalogue", "World"]),
    tests("PolicyChecksTests", uses: ["PolicyChecks", "Authorization", "Catalogue"], resources: [.copy("Cases")]),
    tests("WorldTests", uses: ["World"]),
    tests(
        "JournalTests", uses: ["Journal", "AWS", "World", "HTTP", "Formats", "Smithy", "Storage", "IAMAPI", "STSAPI"]),
    tests("ObserversTests", uses: ["Observers", "Journal", "AWS", "World", "Storage"]),
    tests("KeyVaultTests", uses: ["KeyVault", "Crypto", "World"]),
    tests(
        "KeyEngineTests", uses: ["KeyEngine", "KeyVault", "PKCS11", "Crypto", "World"], resources: [.copy("Vectors")]),
    tests(
        "SecretsManagerTests",
        uses: [
            "Scaffold", "SecretsManagerService", "SecretsManagerAPI", "IAMService", "Door", "Storage", "AWS", "World",
        ]),
    tests("SSMTests", uses: ["SSMService", "SSMAPI", "Door", "Smithy", "Storage", "AWS", "World"]),
    tests(
        "KMSTests",
        uses: [
            "KMSService", "KMSAPI", "KeyEngine", "KeyVault", "Crypto", "AWS", "World", "Formats", "Door", "Smithy",
            "Journal", "Storage", "Authorization", "IAMService", "CSQLite",
        ]),
    tests(
        "UpgradeTests",
        uses: [
            "Scaffold", "IAMService", "IAMAPI", "Journal", "SigninService", "S3Service", "S3API",
            "AccessAnalyzerService",
            "AccessAnalyzerAPI", "KMSService", "KMSAPI", "SecretsManagerService", "SecretsManagerAPI", "SSMService",
            "SSMAPI", "Authentication", "Authorization", "Door", "KeyEngine", "KeyVault", "Storage", "AWS", "World",
            "Crypto", "Blobs", "WebAuthn",
        ]),
    tests("WebAuthnTests", uses: ["WebAuthn", "Formats"]),
    tests(
        "FederationTests",
        uses: ["Federation", "STSService", "STSAPI", "Door", "Authentication", "AWS", "Crypto", "Formats", "World"]),
    tests(
        "WireTests",
        uses: [
            "Wire", "Smithy", "HTTP", "Formats", "World", "AWS", "IAMAPI", "STSAPI", "S3API", "S3ControlAPI",
            "CloudTrailAPI", "AccessAnalyzerAPI", "SigninAPI",
        ], resources: [.copy("Golden")]),
]

let package = Package(name: "Gatehouse", targets: targets, cxxLanguageStandard: .cxx17)
