import Authentication
import Blobs
import S3API
import Smithy

/// The parts that a request to complete an upload lists, and what they come to.
/// - Source: S3 API Reference, "CompleteMultipartUpload", "Special errors".
struct ListedParts: Sendable {
    private let listed: [(number: Int, etag: String, shape: S3.CompletedPart)]

    /// A number that is listed again counts as it is listed last: the part was sent again.
    /// - Throws: `MalformedXML` for no parts, too many, or one without number or tag; `InvalidPartOrder`.
    init(_ shape: S3.CompletedMultipartUpload?) throws {
        guard let parts = shape?.parts, (1...PartNumber.range.count).contains(parts.count) else {
            throw ListedParts.malformed
        }
        var listed: [(number: Int, etag: String, shape: S3.CompletedPart)] = []
        for part in parts {
            guard let number = part.partNumber, let etag = part.eTag else { throw ListedParts.malformed }
            try PartNumber.check(number)
            if listed.last?.number == number { listed.removeLast() }
            listed.append((number, etag, part))
        }
        self.listed = listed
        guard zip(listed, listed.dropFirst()).allSatisfy({ $0.number < $1.number }) else {
            throw S3.InvalidPartOrder(
                message:
                    "The list of parts was not in ascending order. The parts list must be specified in order by part "
                    + "number.")
        }
    }

    static let malformed = S3.MalformedXML(
        message: "The XML you provided was not well-formed or did not validate against our published schema")

    /// Bytes; the last part may have fewer.
    static let smallest: Int64 = 5 << 20

    /// The parts that are listed, of those that were uploaded, in their order.
    /// - Throws: `InvalidPart` for one that is not there or has another tag; `EntityTooSmall`.
    func chosen(from uploaded: [StoredPart], of upload: UploadID) throws -> [StoredPart] {
        let byNumber = Dictionary(uploaded.map { ($0.number, $0) }) { first, _ in first }
        let chosen = try listed.map { number, etag, _ in
            guard let part = byNumber[number], EntityTag.isSame(etag, part.etag) else {
                throw invalid(number, etag, upload)
            }
            return part
        }
        for part in chosen.dropLast() where part.size < ListedParts.smallest {
            throw S3.EntityTooSmall(
                message: "Your proposed upload is smaller than the minimum allowed size",
                fields: [
                    .init("ProposedSize", String(part.size)), .init("MinSizeAllowed", String(ListedParts.smallest)),
                    .init("PartNumber", String(part.number)),
                    .init("ETag", String(EntityTag.text(part.etag).dropFirst().dropLast())),
                ])
        }
        return chosen
    }

    /// Whether these are the parts of an object: nothing more, nothing less, nothing else.
    func areSame(as parts: [StoredPart]) -> Bool {
        listed.count == parts.count
            && zip(listed, parts).allSatisfy { $0.number == $1.number && EntityTag.isSame($0.etag, $1.etag) }
    }

    /// Compares the checksums that are listed with those of the parts.
    /// - Parameter checksums: of the parts, opened: of the upload's kind, and what the client sent besides.
    /// - Throws: `InvalidRequest` for one that is missing, `InvalidPart` for another one.
    func check(_ checksums: [PartChecksums], _ kind: UploadChecksum, of upload: UploadID) throws {
        for (entry, own) in zip(listed, checksums) {
            if kind.isNamed, kind.isComposite, entry.shape.text(kind.algorithm) == nil {
                throw S3.InvalidRequest(
                    message:
                        "The upload was created using a \(kind.algorithm.name.lowercased()) checksum. The complete "
                        + "request must include the checksum for each part. It was missing for part \(entry.number) in the "
                        + "request.")
            }
            for algorithm in ChecksumAlgorithm.allCases {
                guard let text = entry.shape.text(algorithm) else { continue }
                guard own.text(algorithm) == text else { throw invalid(entry.number, entry.etag, upload) }
            }
        }
    }

    private func invalid(_ number: Int, _ etag: String, _ upload: UploadID) -> S3.InvalidPart {
        S3.InvalidPart(
            message:
                "One or more of the specified parts could not be found. The part may not have been uploaded, or the "
                + "specified entity tag may not match the part's entity tag.",
            fields: [
                .init("UploadId", upload.text), .init("PartNumber", String(number)),
                .init("ETag", etag.replacing("\"", with: "")),
            ])
    }
}

/// The checksums of one part, opened.
struct PartChecksums: Sendable {
    /// Of the upload's kind.
    let own: ObjectChecksum
    /// Of another kind, which the client sent.
    let sent: ObjectChecksum?

    init(_ part: StoredPart, _ algorithm: ChecksumAlgorithm, _ open: OpenProtection) throws {
        own = ObjectChecksum(algorithm: algorithm, value: try open.open(part.checksum, beside: part.reference.id))
        sent = try part.sent.map {
            ObjectChecksum(algorithm: $0.algorithm, value: try open.open($0.checksum, beside: part.reference.id))
        }
    }

    func text(_ algorithm: ChecksumAlgorithm) -> String? {
        [own, sent].compactMap { $0 }.first { $0.algorithm == algorithm }?.text
    }
}

extension S3.CompletedPart: ChecksumTexts {}
