public import PKCS11

/// What the root key is sealed with in the data folder.
public enum RootProtection: Sendable, CustomStringConvertible {
    /// A file beside the data folder, never inside it. Made with mode 0600 if it is absent and no root exists yet.
    case keyFile(path: String)
    /// A passphrase, stretched with Argon2id.
    case passphrase(SecretPassphrase)
    /// A token that holds the root itself.
    case hsm(Token)

    /// For messages.
    public var description: String {
        switch self {
        case .keyFile(let path): "key file \(path)"
        case .passphrase: "passphrase"
        case .hsm: "HSM"
        }
    }
}
