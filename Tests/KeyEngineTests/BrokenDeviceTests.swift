import Crypto
import Foundation
import KeyEngine
import KeyVault
import PKCS11
import Testing

extension EngineTests {
    /// Devices that fail, lie or hang: the caller is told in time that the engine is unavailable, is never given anything wrong,
    /// and everything works again when the device does.
    @Suite(.enabled(if: SoftToken.isThere)) struct BrokenDeviceTests {
        private let context = SealContext("111122223333", "eu-central-1", "key")

        /// What a device that breaks may answer, in PKCS #11's numbers.
        private static let codes: [UInt] = [
            0x02, 0x05, 0x06, 0x30, 0x31, 0x32, 0xB0, 0xB1, 0xB3, 0xE0, 0x101, 0x190, 0x8000_0001,
        ]

        @Test("a device that fails once is asked once more; one that goes on failing is unavailable", arguments: codes)
        func failing(_ code: UInt) async throws {
            let fake = try FakeToken.shared.get()
            let engine = try fake.engine()
            let key = try await engine.generate(.aes256, for: context).key
            let mac = try await engine.generate(.hmac(.sha256), for: context).key
            let sealed = try await engine.seal([1, 2], associated: [], with: key)
            for function in ["*", "C_Encrypt", "C_EncryptInit"] {
                let told = try await fake.told("\(function) fail \(code)") {
                    await error { _ = try await engine.seal([1], associated: [], with: key) }
                }
                #expect(told?.isOfDevice == true, "\(function): \(String(describing: told))")
                #expect(try await engine.open(sealed, associated: [], with: key) == [1, 2])
            }
            let opening = try await fake.told("* fail \(code)") {
                await error { _ = try await engine.open(sealed, associated: [], with: key) }
            }
            // Never the caller's fault.
            #expect(opening?.isOfDevice == true)
            let signing = try await fake.told("C_Sign fail \(code)") {
                await error { _ = try await engine.mac([1], with: mac) }
            }
            #expect(signing?.isOfDevice == true)
            let making = try await fake.told("C_WrapKey fail \(code)") {
                await error { _ = try await engine.generate(.aes256, for: context) }
            }
            #expect(making?.isOfDevice == true)
            #expect(try await engine.open(sealed, associated: [], with: key) == [1, 2])
            #expect(await engine.probe().isAvailable)
        }

        @Test("answers of a length that cannot be are not handed on", arguments: [0, 1, 15, 5000, 1 << 40, UInt.max])
        func garbling(_ count: UInt) async throws {
            let fake = try FakeToken.shared.get()
            let engine = try fake.engine()
            let key = try await engine.generate(.aes256, for: context).key
            let mac = try await engine.generate(.hmac(.sha256), for: context).key
            let rsa = try await engine.generate(.pair(.rsa2048), for: context).key
            let curve = try await engine.generate(.pair(.p256), for: context)
            let sealed = try await engine.seal([1, 2], associated: [], with: key)
            let peer = try #require(curve.publicKey)
            let works: [(String, () async throws -> Void)] = [
                ("C_Encrypt", { _ = try await engine.seal([1], associated: [], with: key) }),
                ("C_Decrypt", { _ = try await engine.open(sealed, associated: [], with: key) }),
                ("C_Sign", { _ = try await engine.mac([1], with: mac) }),
                ("C_Sign", { _ = try await engine.sign(.raw([1]), by: .pkcs1SHA256, with: rsa) }),
                ("C_Sign", { _ = try await engine.sign(.raw([1]), by: .ecdsaSHA256, with: curve.key) }),
                ("C_WrapKey", { _ = try await engine.generate(.aes256, for: context) }),
                ("C_GetAttributeValue", { _ = try await engine.generate(.pair(.p256), for: context) }),
                ("C_GetAttributeValue", { _ = try await engine.generate(.pair(.rsa2048), for: context) }),
                ("C_GetAttributeValue", { _ = try await engine.agree(withPeer: peer, with: curve.key) }),
            ]
            for (index, (function, work)) in works.enumerated() {
                // A shared secret is padded to its width: a shorter one may be right.
                if index == works.count - 1, count < 32 { continue }
                let told = try await fake.told("\(function) length \(count)") { await error(work) }
                #expect(told?.isOfDevice == true, "\(index) \(function): \(String(describing: told))")
                #expect(await error(work) == nil, "\(index) \(function)")
            }
            #expect(try await engine.open(sealed, associated: [], with: key) == [1, 2])
        }

        @Test("lists of a length that cannot be open nothing")
        func lists() async throws {
            let fake = try FakeToken.shared.get()
            try await Interference.finalize(SoftToken.module)
            for function in ["C_GetSlotList", "C_GetMechanismList"] {
                try await fake.told("\(function) length \(UInt.max)") {
                    #expect(throws: PKCS11Error.self) { _ = try fake.engine() }
                }
            }
            _ = try fake.engine()
        }

        @Test("a device that hangs keeps nobody waiting for longer than the patience")
        func hanging() async throws {
            let fake = try FakeToken.shared.get()
            let engine = try fake.engine(sessions: 4, patience: 2000)
            let key = try await engine.generate(.aes256, for: context).key
            let mac = try await engine.generate(.hmac(.sha256), for: context).key
            let sealed = try await engine.seal([1, 2], associated: [], with: key)
            try await fake.told("C_Encrypt hang") {
                for round in 0..<3 {
                    let start = ContinuousClock.now
                    let told = await error { _ = try await engine.seal([1], associated: [], with: key) }
                    #expect(ContinuousClock.now - start < .seconds(60))
                    guard case .unavailable = told else {
                        Issue.record("\(round): \(String(describing: told))")
                        continue
                    }
                    // What does not hang goes on, beside the calls that do.
                    #expect(try await engine.open(sealed, associated: [], with: key) == [1, 2])
                    _ = try await engine.mac([1], with: mac)
                }
                await eventually { engine.threadsInHungCalls == 3 }
                _ = await error { _ = try await engine.seal([1], associated: [], with: key) }
                await eventually { engine.threadsInHungCalls == 4 }
                // All sessions are gone, and there are to be no more: at once.
                #expect(engine.openSessions == 4)
                let start = ContinuousClock.now
                for _ in 0..<50 {
                    #expect(await error { _ = try await engine.open(sealed, associated: [], with: key) } != nil)
                }
                #expect(ContinuousClock.now - start < .seconds(60))
                #expect(engine.status.reason?.contains("restart the server") == true)
            }
            await eventually { engine.threadsInHungCalls == 0 }
            #expect(engine.threadsInHungCalls == 0)
            #expect(try await engine.open(sealed, associated: [], with: key) == [1, 2])
            #expect(engine.status.isAvailable)
            for _ in 0..<20 { _ = try await engine.seal([1], associated: [], with: key) }
            #expect(engine.openSessions <= 4)
        }

        @Test("a login that hangs ends too, and others are not kept from their end")
        func hangingLogin() async throws {
            let fake = try FakeToken.shared.get()
            let engine = try fake.engine(sessions: 2, patience: 2000)
            let key = try await engine.generate(.aes256, for: context).key
            let sealed = try await engine.seal([1, 2], associated: [], with: key)
            try await fake.told("C_Login hang") {
                try await Interference.finalize(SoftToken.module)
                await withTaskGroup(of: KeyEngineError?.self) { group in
                    for _ in 0..<6 {
                        group.addTask {
                            await error { _ = try await engine.open(sealed, associated: [], with: key) }
                        }
                    }
                    for await told in group { #expect(told?.isOfDevice == true) }
                }
            }
            await eventually { engine.threadsInHungCalls == 0 }
            #expect(try await engine.open(sealed, associated: [], with: key) == [1, 2])
        }

        @Test(
            "a login that takes its time is waited for, and used by those who did not wait as long",
            arguments: [500, 1500])
        func slowLogin(_ milliseconds: Int) async throws {
            let fake = try FakeToken.shared.get()
            let engine = try fake.engine(sessions: 6, patience: 2000)
            let key = try await engine.generate(.aes256, for: context).key
            let sealed = try await engine.seal([1, 2], associated: [], with: key)
            try await fake.told("C_Login slow \(milliseconds)") {
                try await Interference.finalize(SoftToken.module)
                let tries = await withTaskGroup(of: Int.self) { group in
                    for _ in 0..<6 {
                        group.addTask {
                            for number in 1...20 {
                                if await error({ _ = try await engine.open(sealed, associated: [], with: key) }) == nil
                                {
                                    return number
                                }
                            }
                            return .max
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                // Half the patience is for waiting.
                #expect(tries.allSatisfy { $0 <= (milliseconds < 1000 ? 1 : 6) }, "\(tries)")
            }
        }

        @Test("while a call hangs, a loss elsewhere is mended without a new beginning of the module")
        func lossBesideHang() async throws {
            let fake = try FakeToken.shared.get()
            let engine = try fake.engine(sessions: 4, patience: 2000)
            let key = try await engine.generate(.aes256, for: context).key
            let mac = try await engine.generate(.hmac(.sha256), for: context).key
            let sealed = try await engine.seal([1, 2], associated: [], with: key)
            try await fake.told("C_Encrypt hang") {
                #expect(await error { _ = try await engine.seal([1], associated: [], with: key) } != nil)
                for order in [
                    "C_Sign length 0", "C_Sign fail 179", "C_Sign fail 130", "C_Sign fail 48", "C_OpenSession fail 5",
                ] {
                    try fake.tell(["C_Encrypt hang", order])
                    _ = await error { _ = try await engine.mac([1], with: mac) }
                    try fake.tell(["C_Encrypt hang"])
                    #expect(await error { _ = try await engine.mac([1], with: mac) } == nil, "\(order)")
                    #expect(try await engine.open(sealed, associated: [], with: key) == [1, 2], "\(order)")
                }
                #expect(engine.threadsInHungCalls == 1)
                #expect(engine.openSessions <= 4)
                #expect(!engine.status.isAvailable)
                // The token itself is not shown any more.
                try fake.tell(["C_Encrypt hang", "C_GetTokenInfo fail 224", "C_Sign fail 48"])
                let told = await error { _ = try await engine.mac([1], with: mac) }
                #expect(told?.isOfDevice == true)
                #expect(engine.status.reason?.contains("restart the server") == true, "\(engine.status.reason ?? "")")
            }
            await eventually { engine.threadsInHungCalls == 0 }
            #expect(try await engine.open(sealed, associated: [], with: key) == [1, 2])
            #expect(try await engine.seal([1], associated: [], with: key).count > 1)
            #expect(engine.status.isAvailable)
            #expect(engine.openSessions <= 4)
        }

        @Test("a token without room for more sessions is busy, and not lost")
        func noRoom() async throws {
            let fake = try FakeToken.shared.get()
            let engine = try fake.engine(sessions: 4, patience: 5000)
            let key = try await engine.generate(.aes256, for: context).key
            let sealed = try await engine.seal([1, 2], associated: [], with: key)
            #expect(engine.openSessions == 1)
            // A login would fail: there is to be none.
            try await fake.told("C_OpenSession fail 177", "C_Login fail 5", "C_Decrypt slow 30") {
                await withTaskGroup(of: KeyEngineError?.self) { group in
                    for _ in 0..<8 {
                        group.addTask { await error { _ = try await engine.open(sealed, associated: [], with: key) } }
                    }
                    for await told in group { #expect(told == nil) }
                }
                try fake.tell(["C_OpenSession fail 177", "C_Login fail 5", "C_Encrypt hang"])
                #expect(await error { _ = try await engine.seal([1], associated: [], with: key) } != nil)
                #expect(
                    await error { _ = try await engine.open(sealed, associated: [], with: key) }?.isOfDevice == true)
                // Room comes back, and the hang does not end.
                try fake.tell(["C_Login fail 5", "C_Encrypt hang"])
                #expect(try await engine.open(sealed, associated: [], with: key) == [1, 2])
            }
            await eventually { engine.threadsInHungCalls == 0 }
        }
    }
}

extension KeyEngineError {
    /// Whether it is told as the device's fault, and not as the caller's.
    fileprivate var isOfDevice: Bool {
        switch self {
        case .unavailable, .failed: true
        case .invalid, .notOurs, .unsupported: false
        }
    }
}
