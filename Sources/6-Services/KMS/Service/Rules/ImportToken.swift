import AWS
import Crypto
import KMSAPI
import KeyEngine
import KeyVault
import World

/// What GetParametersForImport gives and ImportKeyMaterial takes back: the private half of a wrapping key, wrapped by the
/// engine, with what it is good for. Nothing of it is stored here.
///
/// A version byte, the algorithm, the wrapping key's spec, the end of its time (8 bytes, milliseconds), and the wrapped key.
/// The engine authenticates all of it, and which key of which Region it is for, as the wrapped key's context.
/// - Source: KMS API Reference, "GetParametersForImport".
struct ImportToken: Sendable {
    private static let version: UInt8 = 1
    private static let head = 1 + 1 + 1 + 8
    /// Milliseconds: 24 hours.
    static let lifetime: Int64 = 86_400_000

    let method: ImportWrapping
    let spec: WrappingSpec
    let expires: Instant
    /// The pair that the material is encrypted for.
    let key: EngineKey

    /// The context of a wrapping key for `key`.
    static func context(_ key: KMSKey, _ method: ImportWrapping, _ spec: WrappingSpec, _ expires: Instant)
        -> SealContext
    {
        SealContext("kms-import", key.arn, method.rawValue, spec.rawValue, String(expires.milliseconds))
    }

    init(_ method: ImportWrapping, _ spec: WrappingSpec, _ expires: Instant, _ key: EngineKey) {
        (self.method, self.spec, self.expires, self.key) = (method, spec, expires, key)
    }

    var bytes: [UInt8] {
        var bytes = [
            ImportToken.version, UInt8(ImportWrapping.allCases.firstIndex(of: method) ?? 0),
            UInt8(WrappingSpec.allCases.firstIndex(of: spec) ?? 0),
        ]
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: expires.milliseconds >> Int64(shift)))
        }
        return bytes + key.wrapped.bytes
    }

    /// - Throws: `InvalidImportTokenException` for what is no token.
    init(_ bytes: [UInt8], for target: KMSKey) throws {
        guard bytes.count > ImportToken.head, bytes[0] == ImportToken.version,
            Int(bytes[1]) < ImportWrapping.allCases.count, Int(bytes[2]) < WrappingSpec.allCases.count
        else { throw ImportToken.invalid }
        method = ImportWrapping.allCases[Int(bytes[1])]
        spec = WrappingSpec.allCases[Int(bytes[2])]
        expires = Instant(milliseconds: bytes[3..<ImportToken.head].reduce(0) { $0 << 8 | Int64($1) })
        key = EngineKey(
            WrappedKey(bytes: Array(bytes[ImportToken.head...])), spec.material,
            for: ImportToken.context(target, method, spec, expires))
    }

    static let invalid = KMS.InvalidImportTokenException(
        message: "The import token is invalid or is associated with a different KMS key.")
    static let expired = KMS.ExpiredImportTokenException(
        message: "The import token has expired. Get new parameters for import.")
}

/// The wrapping keys that KMS makes.
enum WrappingSpec: String, Sendable, CaseIterable {
    case rsa2048 = "RSA_2048"
    case rsa3072 = "RSA_3072"
    case rsa4096 = "RSA_4096"

    var material: KeyMaterialKind {
        switch self {
        case .rsa2048: .pair(.rsa2048)
        case .rsa3072: .pair(.rsa3072)
        case .rsa4096: .pair(.rsa4096)
        }
    }
}
