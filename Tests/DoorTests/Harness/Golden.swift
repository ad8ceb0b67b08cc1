import Foundation
import Testing

/// Files that hold what was once found right. Written anew only where `GATEHOUSE_GOLDEN=write`.
enum Golden {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Golden")

    static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    static func compare(_ text: String, with name: String) throws {
        if ProcessInfo.processInfo.environment["GATEHOUSE_GOLDEN"] == "write" {
            try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
            return
        }
        #expect(text == (try? self.text(name)), "\(name) differs; GATEHOUSE_GOLDEN=write writes it anew")
    }
}
