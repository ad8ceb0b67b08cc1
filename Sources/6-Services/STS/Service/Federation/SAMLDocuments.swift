import Crypto
import Federation
import World

/// The metadata that assertions were checked with of late. Whoever sends assertions that are good for nothing does not make
/// the server read a document of megabytes for each.
final class SAMLDocuments: Sendable {
    /// By the SHA-256 of the text.
    private let known = BoundedCache<[UInt8], SAMLMetadata>(limit: 64)
    /// Of certificates together, in bytes: what has more is read each time.
    private static let mostKept = 64 << 10

    /// Nil for what is no metadata.
    func read(_ text: String) -> SAMLMetadata? {
        let digest = SHA256.hash(Array(text.utf8))
        if let metadata = known[digest] { return metadata }
        guard let metadata = try? SAMLMetadata(text) else { return nil }
        if metadata.certificates.reduce(0, { $0 + $1.count }) <= SAMLDocuments.mostKept {
            known.insert(metadata, for: digest)
        }
        return metadata
    }
}
