import Crypto
import PKCS11

/// The root before the present one: what the key engine wrapped under it, and has not taken over yet, is still used.
public enum FormerRoot: Sendable {
    /// In this process: the key that the engine wrapped under.
    case software(SecretKeeper)
    /// In the token that holds the present root too, by its id.
    case token(id: [UInt8])
    /// In another token, by its id.
    case otherToken(id: [UInt8])

    /// What its keys in a token are called, before the word for their use; nil of one in this process.
    public var name: String? {
        switch self {
        case .software: nil
        case .token(let id), .otherToken(let id): TokenRoot.name(of: id)
        }
    }

    static let prefix = "former/"
    private static let (softwareUse, tokenUse) = (prefix + "software", prefix + "token")
    private static let otherTokenUse = prefix + "other-token"
    private static let idByteCount = 16

    /// From the file's keys; nil where they name none.
    init?(_ keys: [String: SecretKeeper]) throws(KeyVaultError) {
        let named = keys.filter { $0.key.hasPrefix(FormerRoot.prefix) }
        guard let (use, key) = named.first else { return nil }
        switch use {
        case FormerRoot.softwareUse where named.count == 1: self = .software(key)
        case FormerRoot.tokenUse where named.count == 1:
            self = .token(id: FormerRoot.id(key))
        case FormerRoot.otherTokenUse where named.count == 1: self = .otherToken(id: FormerRoot.id(key))
        default:
            throw .rootFile(
                "The file root of the data folder tells of a former root in a way that this version does not know. "
                    + "A newer Gatehouse may have written it.")
        }
    }

    /// As the file keeps it. An id is no secret; it is filled up to the length of a key.
    var kept: (use: String, key: SecretKeeper) {
        switch self {
        case .software(let key): (FormerRoot.softwareUse, key)
        case .token(let id): (FormerRoot.tokenUse, FormerRoot.filled(id))
        case .otherToken(let id): (FormerRoot.otherTokenUse, FormerRoot.filled(id))
        }
    }

    private static func id(_ key: SecretKeeper) -> [UInt8] { Array(key.secret.revealed().prefix(idByteCount)) }
    private static func filled(_ id: [UInt8]) -> SecretKeeper {
        SecretKeeper(SecretBytes(id + [UInt8](repeating: 0, count: SoftwareKeyVault.rootByteCount - id.count)))
    }
}
