public import Authorization

/// One document vector: a policy text, and whether AWS stores it.
public struct DocumentVector: Sendable {
    /// What it is.
    public let kind: PolicyKind
    /// The text.
    public let document: [UInt8]
    /// Whether it may be stored.
    public let isValid: Bool
    /// Wanted of the refusal, where the vector says.
    public let code: String?
    public let message: String?

    /// By the names that vectors use.
    static let kinds: [String: PolicyKind] = [
        "managed": .managed, "boundary": .managed, "identity": .identity, "session": .session, "trust": .trust,
        "resource": .resource(service: "s3"), "key": .keyPolicy, "endpoint": .endpoint, "scp": .scp, "rcp": .rcp,
    ]
}
