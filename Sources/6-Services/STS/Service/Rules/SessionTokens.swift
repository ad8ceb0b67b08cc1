import AWS
public import Authentication
import Crypto
import Formats
public import KeyVault
public import World

/// Makes temporary credentials, and reads them back when they come with a request.
///
/// A token is sealed by the vault and bound to its access key id: it reveals nothing, cannot be changed or moved to
/// another key, and is good on any server that has the same vault, also after a restart. Nothing is stored.
public final class SessionTokens: CredentialSource {
    private let vault: any KeyVault
    /// Tokens that were opened, by their text. Cleared when full.
    private let opened = Lock<[[UInt8]: Credential]>([:])

    private static let capacity = 10_000

    public init(_ vault: any KeyVault) { self.vault = vault }

    /// - Parameter accessKeyID: `ASIA…`, new.
    func issue(_ grant: SessionGrant, accessKeyID: String) throws -> (secret: String, token: String) {
        let secret = Base64.encode(SecureRandom.bytes(30))
        let sealed = try vault.seal(
            grant.encoded(secret: secret), for: .sessionTokens, context: SealContext(accessKeyID))
        return (secret, Base64.encode(sealed))
    }

    public func credential(accessKeyID: String, sessionToken: [UInt8]?, now: Instant) throws -> CredentialLookup {
        guard let sessionToken else { return .missingToken }
        let credential: Credential
        if let known = opened.withLock({ $0[sessionToken] }), known.accessKeyID == accessKeyID {
            credential = known
        } else {
            guard let sealed = Base64.decode(sessionToken),
                let clear = try? vault.unseal(sealed, for: .sessionTokens, context: SealContext(accessKeyID)),
                let made = SessionGrant.credential(clear, accessKeyID: accessKeyID)
            else { return .badToken }
            credential = made
            opened.withLock { opened in
                if opened.count >= SessionTokens.capacity { opened.removeAll() }
                opened[sessionToken] = made
            }
        }
        guard let session = credential.session, now < session.expires else { return .expired }
        return .found(credential)
    }
}
