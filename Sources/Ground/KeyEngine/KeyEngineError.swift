/// Why an engine did not do it. No case carries a secret.
public enum KeyEngineError: Error, Equatable, CustomStringConvertible {
    /// What the caller's caller sent: a ciphertext that does not open, material of a wrong length, a key of another kind.
    case invalid(String)
    /// The wrapped key is not one of this engine, root and context, or was changed.
    case notOurs
    /// This engine cannot do it, and never will. The text names what.
    case unsupported(String)
    /// The engine cannot be reached now, or has more to do than it can; a later try may succeed.
    case unavailable(String)
    /// Something that should not happen.
    case failed(String)

    /// Material that came encrypted and does not open; whatever else is wrong with it is told in other words.
    public static let unopenedImport = KeyEngineError.invalid(
        "the encrypted key material does not open with the wrapping key")

    /// For logs and operators; of `.invalid`, for callers too.
    public var description: String {
        switch self {
        case .invalid(let reason): reason
        case .notOurs: "the wrapped key is not of this engine, root and context"
        case .unsupported(let what): "this key engine does not support \(what)"
        case .unavailable(let reason): "the key engine is unavailable: \(reason)"
        case .failed(let reason): "the key engine failed: \(reason)"
        }
    }
}
