import Crypto
import Door
import Federation
import World

/// The metadata that assertions were checked with of late. Whoever sends assertions that are good for nothing does not make
/// the server read a document of megabytes for each, neither its text from the store nor what it says.
final class SAMLDocuments: Sendable {
    private let known = BoundedCache<SAMLDocument, SAMLMetadata>(limit: 1024)
    /// By the SHA-256 of the text, since one identity provider is registered in many accounts.
    private let byText = BoundedCache<[UInt8], SAMLMetadata>(limit: 64)
    /// Those with more bytes of certificates than `mostKept`: nearly nobody's, and few of them are kept.
    private let long = BoundedCache<SAMLDocument, SAMLMetadata>(limit: 2)
    private static let mostKept = 64 << 10

    /// A text that has to be read.
    struct Text {
        let text: String
        /// SHA-256.
        let digest: [UInt8]
    }

    /// What the provider's metadata says; nil for what is no metadata.
    /// - Parameter reads: told of a text that is read from the store, before what it says is looked at.
    func metadata(of provider: SAMLIdentity, reads: (Text) throws -> Void = { _ in }) throws -> SAMLMetadata? {
        if let metadata = known[provider.document] ?? long[provider.document] { return metadata }
        guard let (document, text) = try provider.metadata() else { return nil }
        let read = Text(text: text, digest: SHA256.hash(Array(text.utf8)))
        try reads(read)
        guard let metadata = byText[read.digest] ?? (try? SAMLMetadata(text)) else { return nil }
        if metadata.certificates.reduce(0, { $0 + $1.count }) <= SAMLDocuments.mostKept {
            byText.insert(metadata, for: read.digest)
            known.insert(metadata, for: document)
        } else {
            long.insert(metadata, for: document)
        }
        return metadata
    }
}
