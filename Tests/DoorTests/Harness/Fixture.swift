import Foundation

/// Certificates and keys that the client tests use too.
enum Fixture {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Clients/certificates")

    static func text(_ name: String) -> String {
        (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? "no file \(name)"
    }

    static func value(_ name: String) -> Value { .text(text(name)) }
}
