import Foundation

/// What holders of keys signed before they threw the keys away: see `sign.py`.
enum SignedVectors {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Vectors")

    static func bytes(_ name: String) -> [UInt8] {
        guard let content = try? Data(contentsOf: folder.appending(path: name)) else {
            preconditionFailure("there is no vector \(name)")
        }
        return [UInt8](content)
    }

    static func text(_ name: String) -> String { String(decoding: bytes(name), as: UTF8.self) }
}
