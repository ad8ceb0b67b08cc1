import World

/// Why the vault did not do it. No case carries a secret.
public enum KeyVaultError: Error, Equatable, CustomStringConvertible {
    /// Another root key, purpose or context, or a text that was changed. Deliberately without detail.
    case notOpened
    /// The key file or passphrase is not the one the root key was sealed with.
    case wrongKey(String)
    /// The key file must not be used as it is, or is missing. The text says what to do.
    case keyFile(String)
    /// The sealed root key in the data folder cannot be understood.
    case rootFile(String)
    /// The token that holds the root does not answer as it should.
    case device(String)
    case system(operation: String, path: String, errno: Int32)

    public var description: String {
        switch self {
        case .notOpened: "a sealed text could not be opened"
        case .wrongKey(let message), .keyFile(let message), .rootFile(let message), .device(let message): message
        case .system(let operation, let path, let errno): "\(operation) \(path): \(SystemFault.text(errno))"
        }
    }
}
