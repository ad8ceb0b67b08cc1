import Authentication
import Blobs
import Formats
import S3API

/// A checksum, as answers tell it.
struct ObjectChecksum: Sendable {
    let algorithm: ChecksumAlgorithm
    /// Empty where none is kept.
    let value: [UInt8]
    var isComposite = false
    /// How many parts' checksums it is made of, which its text tells; nil where it is of the content itself.
    var count: Int?

    var text: String? {
        guard !value.isEmpty else { return nil }
        return Base64.encode(value) + (count.map { "-\($0)" } ?? "")
    }
}

extension StoredObject {
    /// The checksum of the object, opened.
    func checksum(_ content: ObjectContent, _ open: OpenProtection) throws -> ObjectChecksum {
        let value = content.checksum.isEmpty ? [] : try open.open(content.checksum, beside: content.reference.id)
        return ObjectChecksum(
            algorithm: algorithm, value: value, isComposite: isComposite,
            count: isComposite ? content.layout?.count : nil)
    }

    /// The checksum of one of its parts, opened.
    func checksum(of part: StoredPart, _ open: OpenProtection) throws -> ObjectChecksum {
        ObjectChecksum(
            algorithm: algorithm,
            value: part.checksum.isEmpty ? [] : try open.open(part.checksum, beside: part.reference.id),
            isComposite: isComposite)
    }
}
