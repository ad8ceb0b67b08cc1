import Crypto
import Foundation
import KeyEngine
import KeyVault
import PKCS11
import Testing
import World

extension EngineTests {
    /// What only a device does. Runs by itself: some of it pulls the token out.
    @Suite(.enabled(if: SoftToken.isThere)) struct DeviceTests {
        private let context = SealContext("111122223333", "eu-central-1", "key")

        @Test("the device says what it is, and claims nothing")
        func description() async throws {
            let engine = try Bench.device().engine
            let status = await engine.probe()
            #expect(status.root == .hsm)
            #expect(status.isAvailable)
            let device = try #require(status.device)
            #expect(device.tokenLabel == "tests")
            #expect(device.manufacturer == "SoftHSM project")
            #expect(device.module == SoftToken.module)
            #expect(device.validation == nil)
        }

        @Test("the PIN that the token took is known again, and no other")
        func takenPIN() async throws {
            let engine = try Bench.device().engine
            // Else others of this process may be logged in, and the token looks at no PIN.
            try await Interference.finalize(SoftToken.shared.get().pkcs11.path)
            #expect(await engine.probe().isAvailable)
            #expect(engine.isLoggedIn(with: SecretBytes(bytes("2468"))) == true)
            for other in ["2469", "246", "24680", ""] {
                #expect(engine.isLoggedIn(with: SecretBytes(bytes(other))) == false)
            }
            let untouched = Token(try SoftToken.shared.get().pkcs11, try SoftToken.shared.get().settings())
            #expect(untouched.tookPIN(SecretBytes(bytes("2468"))) == nil)
        }

        @Test("no more sessions are open than the settings say")
        func sessions() async throws {
            let root = try SoftToken.shared.get().root(sessions: 3)
            let engine = try DeviceKeyEngine(root, limit: 4)
            let keys = try await (0..<12).asyncMap { number in
                try await engine.generate(.aes256, for: SealContext("1", "r", "\(number)")).key
            }
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<120 {
                    group.addTask {
                        let key = keys[number % keys.count]
                        let sealed = try await engine.seal([UInt8(number)], associated: [], with: key)
                        return try await engine.open(sealed, associated: [], with: key) == [UInt8(number)]
                    }
                }
                for try await isGood in group { #expect(isGood) }
            }
            #expect(root.token.openSessions <= 3)
        }

        @Test("a device that was reset is opened anew, and nothing is lost")
        func reset() async throws {
            let soft = try SoftToken.shared.get()
            let engine = try DeviceKeyEngine(soft.root())
            let key = try await engine.generate(.aes256, for: context).key
            let sealed = try await engine.seal([1, 2], associated: [], with: key)
            for _ in 0..<3 {
                try await Interference.finalize(soft.pkcs11.path)
                #expect(try await engine.open(sealed, associated: [], with: key) == [1, 2])
            }
        }

        @Test("a token that is gone is unavailable, and back when it is back")
        func removal() async throws {
            let soft = try SoftToken.shared.get()
            let engine = try DeviceKeyEngine(soft.root())
            let key = try await engine.generate(.aes256, for: context).key
            let sealed = try await engine.seal([1, 2], associated: [], with: key)
            let away = soft.folder + "/away"
            try FileManager.default.moveItem(atPath: soft.tokens, toPath: away)
            try FileManager.default.createDirectory(atPath: soft.tokens, withIntermediateDirectories: true)
            try await Interference.finalize(soft.pkcs11.path)
            for _ in 0..<2 {
                let told = await error { _ = try await engine.open(sealed, associated: [], with: key) }
                guard case .unavailable = told else {
                    Issue.record("\(String(describing: told))")
                    continue
                }
            }
            #expect(!engine.status.isAvailable)
            try FileManager.default.removeItem(atPath: soft.tokens)
            try FileManager.default.moveItem(atPath: away, toPath: soft.tokens)
            #expect(try await engine.open(sealed, associated: [], with: key) == [1, 2])
            #expect(engine.status.isAvailable)
        }

        @Test("a PIN file that others may read, or that is missing, opens nothing")
        func pins() async throws {
            let soft = try SoftToken.shared.get()
            let file = soft.folder + "/open-pin"
            try SoftToken.write("2468", to: file, mode: 0o644)
            let token = Token(soft.pkcs11, TokenSettings(.label("tests"), pinFile: file))
            let open = #expect(throws: PKCS11Error.self) { try token.describe() }
            #expect(open?.description.contains("chmod 600") == true)
            try FileManager.default.removeItem(atPath: file)
            #expect(throws: PKCS11Error.self) { try token.describe() }
        }

        @Test("a wrong PIN is tried once")
        func wrongPIN() async throws {
            let soft = try SoftToken.shared.get()
            let file = soft.folder + "/wrong-pin"
            try SoftToken.write("9999", to: file, mode: 0o600)
            // Nobody else of this process may have opened the token for all.
            try await Interference.finalize(soft.pkcs11.path)
            let token = Token(soft.pkcs11, TokenSettings(.label("tests"), pinFile: file))
            let first = #expect(throws: PKCS11Error.self) { try token.describe() }
            #expect(first?.description.contains("does not take the PIN") == true)
            let second = #expect(throws: PKCS11Error.self) { try token.describe() }
            #expect(second?.description.contains("not tried again") == true)
        }

        @Test("logins that fail leave no session behind")
        func failedLogins() async throws {
            let soft = try SoftToken.shared.get()
            let file = soft.folder + "/missing-pin"
            try await Interference.finalize(soft.pkcs11.path)
            let token = Token(soft.pkcs11, TokenSettings(.label("tests"), pinFile: file))
            for _ in 0..<4 { #expect(throws: PKCS11Error.self) { try token.describe() } }
            #expect(token.openSessions == 0)
            try SoftToken.write("2468", to: file, mode: 0o600)
            #expect(try token.describe().label == "tests")
        }

        @Test("texts that do not open are the caller's fault only while the device works")
        func foreignTexts() async throws {
            let soft = try SoftToken.shared.get()
            let engine = try DeviceKeyEngine(soft.root())
            let key = try await engine.generate(.aes256, for: context).key
            var sealed = try await engine.seal([1, 2], associated: [], with: key)
            sealed[12] ^= 1
            let told = await error { _ = try await engine.open(sealed, associated: [], with: key) }
            #expect(told?.isInvalid == true)
            #expect(await engine.probe().isAvailable)
        }

        @Test("a root whose keys are gone is not available, whatever the token says of itself")
        func rootGone() async throws {
            let soft = try SoftToken.shared.get()
            let root = try soft.root()
            let engine = try DeviceKeyEngine(root)
            #expect(await engine.probe().isAvailable)
            try root.destroy()
            #expect(await !engine.probe().isAvailable)
        }

        @Test("a token that is not there is named, with those that are")
        func absent() throws {
            let soft = try SoftToken.shared.get()
            let token = Token(soft.pkcs11, soft.settings(label: "nobody"))
            let error = #expect(throws: PKCS11Error.self) { try token.describe() }
            #expect(error?.description.contains("\"tests\" in slot") == true)
            let missing = #expect(throws: PKCS11Error.self) { try PKCS11Module(path: "/nowhere/module.so") }
            #expect(missing?.description.contains("cannot be loaded") == true)
        }

        @Test("the root's keys cannot be taken out of the device, nor made twice")
        func rootKeys() throws {
            let soft = try SoftToken.shared.get()
            let root = try soft.root()
            #expect(throws: PKCS11Error.self) { try root.create() }
            let sealed = try root.seal(SecretBytes([1, 2, 3]), associated: [9])
            #expect(clear(try root.open(sealed, associated: [9])) == [1, 2, 3])
            for index in sealed.indices {
                var changed = sealed
                changed[index] ^= 1
                #expect(Self.fails { _ = try root.open(changed, associated: [9]) })
            }
            #expect(Self.fails { _ = try root.open(sealed, associated: [8]) })
            try root.destroy()
            #expect(Self.fails { _ = try root.open(sealed, associated: [9]) })
        }

        private static func fails(_ body: () throws -> Void) -> Bool {
            do {
                try body()
                return false
            } catch { return true }
        }
    }
}

/// Resets the module behind the engines' backs, as a driver that is restarted does.
enum Interference {
    @concurrent static func finalize(_ path: String) async throws {
        let library = try #require(dlopen(path, RTLD_NOW))
        let symbol = try #require(dlsym(library, "C_Finalize"))
        typealias Finalize = @convention(c) (UnsafeMutableRawPointer?) -> UInt
        _ = unsafeBitCast(symbol, to: Finalize.self)(nil)
    }
}

extension Sequence {
    func asyncMap<Result>(_ body: (Element) async throws -> Result) async throws -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
