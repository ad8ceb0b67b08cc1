import Blobs
import Journal

/// Bytes as the store could hold them after damage: read to the same bytes, or refused.
@Sendable func fuzzStored(_ input: [UInt8]) {
    if let reference = try? BlobReference(decoding: input) {
        require(reference.encoded == input, "a blob reference is stored differently")
    }
    if let entry = Entry(input) {
        // Two bytes stand for a part of the record, or for a text of the entry in which each byte may need an escape.
        require(entry.record.count <= input.count * (64 + 6 * input.count), "a record far longer than its entry")
        require(entry.subjects.count <= 255, "more subjects than can be counted")
        if let decision = entry.decision {
            require(decision.trace.questions.count <= input.count, "more questions than bytes")
        }
    }
}
