import AWS
public import World

/// Tells temporary keys from long-term ones, by their prefix, and asks the source of each.
public struct CredentialsByKind: CredentialSource {
    private let longTerm: any CredentialSource
    private let sessions: any CredentialSource

    /// - Parameter sessions: where keys that begin with `ASIA` are found.
    public init(longTerm: any CredentialSource, sessions: any CredentialSource) {
        (self.longTerm, self.sessions) = (longTerm, sessions)
    }

    public func credential(accessKeyID: String, sessionToken: [UInt8]?, now: Instant) throws -> CredentialLookup {
        if accessKeyID.utf8.starts(with: AccessKeyID.Kind.temporary.rawValue.utf8) {
            return try sessions.credential(accessKeyID: accessKeyID, sessionToken: sessionToken, now: now)
        }
        return try longTerm.credential(accessKeyID: accessKeyID, sessionToken: sessionToken, now: now)
    }
}
