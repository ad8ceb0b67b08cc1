import Blobs
import Journal

/// Bytes as the store could hold them after damage: read to the same bytes, or refused.
@Sendable func fuzzStored(_ input: [UInt8]) {
    if let reference = try? BlobReference(decoding: input) {
        require(reference.encoded == input, "a blob reference is stored differently")
    }
    if let entry = Entry(input) {
        require(entry.record.count < input.count, "a record longer than its entry")
        require(entry.subjects.count <= 255, "more subjects than can be counted")
    }
}
