import Authentication
import Blobs
import S3API
import Storage
import World

/// An object that is about to be: what listings show of it, and the row of its content, which is there.
struct NewObject {
    let key: [UInt8]
    let etag: [UInt8]
    /// Bytes.
    let size: Int64
    let algorithm: ChecksumAlgorithm
    var isComposite = false
    let content: Int64
    let modified: Instant

    /// Puts it in the place of what has its key. PutObject, CompleteMultipartUpload and CopyObject end here.
    /// - Parameter replaced: what has its key; nil for nothing.
    /// - Parameter outdated: notes the content that is no more.
    func insert(
        in bucket: Bucket, replacing replaced: StoredObject?, noting outdated: Outdated,
        _ transaction: inout Transaction
    ) throws {
        if let replaced { outdated.note(try replaced.delete(in: &transaction)) }
        try transaction.run(
            """
            INSERT INTO s3_object (bucket, key, etag, size, modified, algorithm, content) VALUES (?, ?, ?, ?, ?, ?, ?)
            """, .int(bucket.id), .blob(key), .blob(etag), .int(size), .int(modified.seconds * 1000),
            .int(algorithm.stored | (isComposite ? StoredObject.compositeFlag : 0)), .int(content))
    }
}

extension StagedObject {
    /// Makes it the object of that key.
    func place(
        _ key: String, in bucket: Bucket, replacing replaced: StoredObject?, modified: Instant, tags: [S3.Tag],
        _ transaction: inout Transaction
    ) throws {
        let content = try ObjectContent.insert(
            reference, checksum: keptChecksum, header: header, protection: protection, tags: tags, &transaction)
        let object = NewObject(
            key: Array(key.utf8), etag: etag, size: reference.length, algorithm: algorithm, content: content,
            modified: modified)
        try object.insert(in: bucket, replacing: replaced, noting: outdated, &transaction)
    }
}
