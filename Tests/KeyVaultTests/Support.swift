import Crypto
import Foundation

/// A fresh folder of mode 0700 with a data folder inside, removed at the end.
final class Place: Sendable {
    let path: String
    var data: String { path + "/data" }
    var keyFile: String { path + "/gatehouse.key" }

    init() throws {
        path = NSTemporaryDirectory() + "/vault-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path + "/data", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func setMode(_ mode: Int, of file: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    }
}

func bytes(_ secret: borrowing SecretBytes) -> [UInt8] {
    secret.withBytes { span in (0..<span.byteCount).map { span.unsafeLoad(fromByteOffset: $0, as: UInt8.self) } }
}
