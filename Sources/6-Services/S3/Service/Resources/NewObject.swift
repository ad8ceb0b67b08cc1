import Authentication
import Blobs
import S3API
import Storage

/// An object that is about to be: what listings show of it, and the row of its content, which is there.
struct NewObject {
    let etag: [UInt8]
    /// Bytes.
    let size: Int64
    let algorithm: ChecksumAlgorithm
    var isComposite = false
    var storageClass = ObjectClass.standard
    let content: Int64
}

extension StagedObject {
    /// Makes it the current version. - Returns: its id; nil for the null version.
    func push(
        on stack: VersionStack, tags: [S3.Tag], lock: ObjectLock, as storageClass: ObjectClass,
        _ transaction: inout Transaction
    ) throws -> VersionID? {
        let content = try ObjectContent.insert(
            reference, checksum: keptChecksum, header: header, protection: protection, tags: tags, &transaction)
        let object = NewObject(
            etag: etag, size: reference.length, algorithm: algorithm, storageClass: storageClass, content: content)
        return try stack.push(object, lock: lock, noting: outdated, in: &transaction)
    }
}
