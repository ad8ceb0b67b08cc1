import Door
import Federation
import IAMAPI
import World

/// Reads what a call brings to a SAML provider: a metadata document of megabytes, a private key. On a thread of its own, one
/// after the other, and before the transaction.
struct SAMLReading: Sendable {
    let naming: Naming
    let keys: SAMLKeys
    let work: BlockingPool

    /// A document of ten million characters, of which a form has three bytes each where they are no letters of ASCII, and the
    /// rest of the form. Of other scripts a form has more bytes for each: there are fewer characters to it.
    /// - Source: IAM API Reference, "CreateSAMLProvider".
    static let largestForm = largestUsualDocument + 3 * 10_000_000

    /// A provider whose metadata names no end is valid for a hundred years, as AWS shows it.
    private static let lifetime = Duration.seconds(100 * 365 * 86_400)

    /// What was read.
    struct Read: Sendable {
        /// When the metadata ends; nil without any.
        let end: Instant?
        /// Sealed, and bound to the id that it is to have; nil without one.
        let key: (id: String, sealed: [UInt8])?
    }

    /// - Throws: what AWS says of metadata or a key that it cannot use.
    func read(_ metadata: String?, _ pem: String?, at now: Instant) async throws -> Read {
        do {
            return try await work.run { [self] in
                let end = try metadata.map { try SAMLReading.end(of: $0, at: now) }
                let key = try pem.map { pem in
                    let id = naming.providerID()
                    return (id: id, sealed: try keys.sealed(pem, for: id))
                }
                return Read(end: end, key: key)
            }
        } catch is BlockingPool.Refusal { throw Throttled() }
    }

    private static func end(of metadata: String, at now: Instant) throws -> Instant {
        do throws(SAMLMetadata.Malformed) {
            return try SAMLMetadata(metadata).validUntil ?? now + lifetime
        } catch { throw IAM.InvalidInputException(message: "Could not parse metadata") }
    }
}
