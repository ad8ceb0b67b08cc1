import Foundation
import KeyEngine
import KeyVault
import PKCS11
import Testing
import World

/// SoftHSM with one token in a folder of its own, for the whole run: a module is one thing for a process.
final class SoftToken: Sendable {
    static let module = "/usr/lib/softhsm/libsofthsm2.so"
    static let isThere = FileManager.default.fileExists(atPath: module)
    static let shared = Result { try SoftToken() }

    let folder: String
    let pkcs11: PKCS11Module
    private let count = Lock<UInt8>(0)

    var tokens: String { folder + "/tokens" }
    var pinFile: String { folder + "/pin" }

    private init() throws {
        folder = NSTemporaryDirectory() + "gatehouse-token-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder + "/tokens", withIntermediateDirectories: true)
        let settings = folder + "/softhsm2.conf"
        try """
        directories.tokendir = \(folder)/tokens
        objectstore.backend = file
        log.level = ERROR
        """.write(toFile: settings, atomically: true, encoding: .utf8)
        setenv("SOFTHSM2_CONF", settings, 1)
        try SoftToken.write("2468", to: folder + "/pin", mode: 0o600)
        let making = Process()
        making.executableURL = URL(fileURLWithPath: "/usr/bin/softhsm2-util")
        making.arguments = ["--init-token", "--free", "--label", "tests", "--pin", "2468", "--so-pin", "1357"]
        // Said whole: reading this process's environment is not safe beside tests that change it.
        making.environment = ["SOFTHSM2_CONF": settings, "PATH": "/usr/bin:/bin"]
        making.standardOutput = FileHandle.nullDevice
        try making.run()
        making.waitUntilExit()
        try #require(making.terminationStatus == 0)
        pkcs11 = try PKCS11Module(path: SoftToken.module)
    }

    /// A line in a file of that mode.
    static func write(_ line: String, to path: String, mode: Int) throws {
        try (line + "\n").write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    /// In milliseconds: no slow machine ends it. Tests of devices that hang give less.
    static let patience = 600_000

    func settings(label: String = "tests", sessions: Int = 4) -> TokenSettings {
        TokenSettings(.label(label), pinFile: pinFile, sessions: sessions, patience: SoftToken.patience)
    }

    /// A root of its own in the token.
    func root(sessions: Int = 4) throws -> TokenRoot {
        try root(Token(pkcs11, settings(sessions: sessions)))
    }

    /// The same, reached through another module.
    func root(_ token: Token) throws -> TokenRoot {
        let number = count.withLock { count in
            count += 1
            return count
        }
        let root = TokenRoot(token, id: [UInt8](repeating: number, count: 16))
        try root.create()
        return root
    }
}

extension Bench {
    static func device() throws -> Bench { Bench(engine: try DeviceKeyEngine(SoftToken.shared.get().root())) }
}
