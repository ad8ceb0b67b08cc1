import Crypto
import Synchronization

/// Policies as records refer to them: by the digest of a description, which names the texts by theirs.
///
/// What the description says is its maker's business. Made once for as long as the policies are held in memory; it then
/// also remembers that they are stored, so that a call asks no table.
public final class KeptPolicies: Sendable {
    /// A policy document by its digest.
    public struct Text: Sendable {
        /// SHA-256 of the text.
        public let digest: [UInt8]
        public let text: [UInt8]

        /// Digests the text.
        public init(_ text: [UInt8]) { (digest, self.text) = (SHA256.hash(text), text) }
    }

    /// How long digests are.
    public static let digestBytes = SHA256.byteCount

    /// SHA-256 of `content`.
    public let digest: [UInt8]
    let content: [UInt8]
    let texts: [Text]
    /// The archive's generation in which they were found to be stored, or were; 0 for none.
    private let stored = Atomic<UInt64>(0)

    /// - Parameter content: a description with the digests of the texts in it.
    public init(_ content: [UInt8], _ texts: [Text]) {
        (digest, self.content, self.texts) = (SHA256.hash(content), content, texts)
    }

    func isStored(in generation: UInt64) -> Bool { stored.load(ordering: .acquiring) == generation }
    func noteStored(in generation: UInt64) { stored.store(generation, ordering: .releasing) }
}
