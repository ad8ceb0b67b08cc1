import Crypto
import Foundation
import KeyEngine
import KeyVault
import Testing
import World

func hex(_ text: some StringProtocol) -> [UInt8] { Hexadecimal.decode(Array(text.utf8)) ?? [] }
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// What a secret holds.
func clear(_ secret: borrowing SecretBytes) -> [UInt8] {
    secret.withBytes { span in (0..<span.byteCount).map { span.unsafeLoad(fromByteOffset: $0, as: UInt8.self) } }
}

/// The public half of a pair.
func half(of made: GeneratedKey) throws -> PublicKeyInfo { try #require(PublicKeyInfo(der: made.publicKey ?? [])) }

/// An engine of the suite, made for one test.
struct Bench {
    let engine: any KeyEngine
    let context = SealContext("111122223333", "eu-central-1", "1234abcd-12ab-34cd-56ef-1234567890ab")
    let other = SealContext("111122223333", "eu-central-1", "0987dcba-09fe-87dc-65ba-ab0987654321")

    static func software() throws -> Bench {
        Bench(engine: try SoftwareKeyEngine(SoftwareKeyVault.ephemeral(), threads: 2))
    }
}

/// The engines that every test of the suite runs on.
enum EngineUnderTest: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case software, device

    /// The device where there is one to test with.
    static let allCases: [EngineUnderTest] = SoftToken.isThere ? [.software, .device] : [.software]

    var testDescription: String { rawValue }

    func bench() throws -> Bench {
        switch self {
        case .software: try .software()
        case .device: try .device()
        }
    }
}

extension KeyMaterialKind {
    static let symmetric: [KeyMaterialKind] = [.aes256, .textKeys] + MACAlgorithm.allCases.map { .hmac($0) }
    static let curves: [KeyPairKind] = [.p256, .p384, .p521, .secp256k1]
    static let all: [KeyMaterialKind] = symmetric + KeyPairKind.allCases.map { .pair($0) }
}

/// Waits, at most a minute, until it is so.
func eventually(_ isSo: () -> Bool) async {
    let end = ContinuousClock.now + .seconds(60)
    while !isSo(), ContinuousClock.now < end { await Task.yield() }
    #expect(isSo())
}

func error(_ body: () async throws -> Void) async -> KeyEngineError? {
    do {
        try await body()
        return nil
    } catch { return error as? KeyEngineError }
}

extension KeyEngineError {
    var isInvalid: Bool { if case .invalid = self { true } else { false } }
    var isUnsupported: Bool { if case .unsupported = self { true } else { false } }
}

/// Everything that uses an engine, one after the other: some tests reset the device that others use.
@Suite(.serialized) enum EngineTests {}
