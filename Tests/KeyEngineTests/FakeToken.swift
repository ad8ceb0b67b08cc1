import Foundation
import KeyEngine
import PKCS11
import Testing

/// SoftHSM behind a module that can be told to fail (`Tests/FakeToken`), with the token of `SoftToken`.
final class FakeToken: Sendable {
    static let shared = Result { try FakeToken() }

    let pkcs11: PKCS11Module
    private let soft: SoftToken
    private let orders: String

    private init() throws {
        soft = try SoftToken.shared.get()
        orders = soft.folder + "/orders"
        setenv("FAKE_TOKEN_ORDERS", orders, 1)
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("FakeToken/FakeToken.c")
        let compiling = Process()
        compiling.executableURL = URL(fileURLWithPath: "/usr/bin/cc")
        compiling.arguments = ["-shared", "-fPIC", "-o", soft.folder + "/libfake.so", source.path]
        try compiling.run()
        compiling.waitUntilExit()
        try #require(compiling.terminationStatus == 0)
        pkcs11 = try PKCS11Module(path: soft.folder + "/libfake.so")
    }

    /// An engine on a root of its own.
    func engine(sessions: Int = 2, patience: Int = SoftToken.patience) throws -> DeviceKeyEngine {
        let token = Token(
            pkcs11, TokenSettings(.label("tests"), pinFile: soft.pinFile, sessions: sessions, patience: patience))
        return try DeviceKeyEngine(soft.root(token))
    }

    /// Runs `body` while the module has orders, each a line; and takes them back.
    @discardableResult
    func told<Result>(_ lines: String..., body: () async throws -> Result) async throws -> Result {
        try tell(lines)
        defer { try? FileManager.default.removeItem(atPath: orders) }
        return try await body()
    }

    /// Other orders, in the midst of `told`.
    func tell(_ lines: [String]) throws {
        try lines.joined(separator: "\n").write(toFile: orders, atomically: true, encoding: .utf8)
    }
}
