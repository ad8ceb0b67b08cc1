import AWS
import Authentication
import Authorization
import Blobs
import Crypto
import Door
import S3API
import Storage
import World

/// A multipart upload: what its object is to be, whose parts come one by one.
///
/// The row of its content is there from the beginning, with header, tags and protection; its parts are that content's. To
/// complete it means to give the content an object, so no byte is moved.
struct Upload: Sendable {
    /// The row of the content.
    let content: Int64
    let id: UploadID
    let bucket: Int64
    let key: [UInt8]
    let initiated: Instant
    /// Who began it, as answers name him.
    let initiator: String
    let checksum: UploadChecksum
    /// What the request that began it asked for, as the policies are told of it with every part.
    let asked: AskedOfUpload
    /// Whether it was the bucket that chose the encryption.
    let isDefault: Bool
    /// Whether it became an object, which is still there.
    let isComplete: Bool

    /// Columns: content, id, bucket, key, initiated, initiator, algorithm, is_composite, is_named, asked, is_default, is_complete.
    private init(_ row: borrowing Row) throws {
        guard let id = UploadID(row.blob(1)), let algorithm = ChecksumAlgorithm(stored: row.int(6)) else {
            throw Damaged.object(row.int(0))
        }
        (content, self.id, bucket, key) = (row.int(0), id, row.int(2), row.blob(3))
        (initiated, initiator) = (Instant(milliseconds: row.int(4)), row.text(5))
        checksum = UploadChecksum(algorithm, isComposite: row.bool(7), isNamed: row.bool(8))
        asked = AskedOfUpload(stored: try TextMap.decoded(row.textOrNull(9)))
        (isDefault, isComplete) = (row.bool(10), row.bool(11))
    }

    /// The upload of that name to that key; nil where there is none.
    static func find(_ id: String, to key: String, in bucket: Bucket, _ snapshot: borrowing Snapshot) throws -> Upload?
    {
        guard let id = UploadID(text: id) else { return nil }
        return try snapshot.first(
            """
            SELECT content, id, bucket, key, initiated, initiator, algorithm, is_composite, is_named, asked, is_default,
                is_complete
            FROM s3_upload WHERE id = ? AND bucket = ? AND key = ?
            """, .blob(id.bytes), .int(bucket.id), .blob(Array(key.utf8)), make: Upload.init)
    }

    /// Hands on the uploads of a bucket that go on, in the order of their keys and then of their beginnings, after a place,
    /// until `each` returns false.
    static func scan(
        _ bucket: Bucket, fromKey key: [UInt8], after id: [UInt8], _ snapshot: borrowing Snapshot,
        each: (Upload) throws -> Bool
    ) throws {
        try snapshot.scan(
            """
            SELECT content, id, bucket, key, initiated, initiator, algorithm, is_composite, is_named, asked, is_default,
                is_complete
            FROM s3_upload
            WHERE bucket = ?1 AND is_complete = 0 AND key >= ?2 AND (key > ?2 OR id > ?3) ORDER BY key, id
            """, .int(bucket.id), .blob(key), .blob(id)
        ) { row in try each(Upload(row)) }
    }

    /// Begins an upload. - Parameter content: a row without parts.
    static func insert(
        _ content: Int64, _ plan: PlannedUpload, to key: String, in bucket: Bucket, by initiator: String,
        at time: Instant, _ transaction: inout Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO s3_upload (
                content, id, bucket, key, initiated, initiator, algorithm, is_composite, is_named, asked, is_default,
                is_complete
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
            """, .int(content), .blob(plan.id.bytes), .int(bucket.id), .blob(Array(key.utf8)),
            .int(time.milliseconds), .text(initiator), .int(plan.checksum.algorithm.stored),
            .bool(plan.checksum.isComposite), .bool(plan.checksum.isNamed),
            .textOrNull(TextMap.encoded(plan.asked.texts)), .bool(plan.body.isDefault))
    }

    /// Notes that its content has an object now.
    func complete(_ transaction: inout Transaction) throws {
        try transaction.run("UPDATE s3_upload SET is_complete = 1 WHERE content = ?", .int(content))
    }

    /// Ends it. - Parameter outdated: notes its parts, whose files are to be removed after the commit.
    func abort(noting outdated: Outdated, _ transaction: inout Transaction) throws {
        try RemovedContent.remove(content, noting: outdated, in: &transaction)
    }

    /// Ends some uploads to a bucket, noting their parts. - Returns: whether there are more.
    static func abortSome(in bucket: Int64, noting outdated: Outdated, _ transaction: inout Transaction) throws -> Bool
    {
        let contents = try transaction.rows(
            "SELECT content FROM s3_upload WHERE bucket = ? AND is_complete = 0 LIMIT ?", .int(bucket),
            .number(OutgoingContent.uploadsAtOnce + 1)
        ) { $0.int(0) }
        for content in contents.prefix(OutgoingContent.uploadsAtOnce) {
            try RemovedContent.remove(content, noting: outdated, in: &transaction)
        }
        return contents.count > OutgoingContent.uploadsAtOnce
    }
}

/// The name of an upload, which nobody can guess. In the order of their bytes, and of their texts, uploads are in that of their
/// beginnings.
struct UploadID: Sendable, Hashable {
    let bytes: [UInt8]

    /// A name nobody else has.
    init(at time: Instant) {
        let stamp = stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: time.milliseconds >> $0) }
        bytes = stamp + SecureRandom.bytes(16)
    }

    init?(_ bytes: [UInt8]) {
        guard bytes.count == 24 else { return nil }
        self.bytes = bytes
    }

    init?(text: String) {
        guard let bytes = Hexadecimal.decode(text.utf8) else { return nil }
        self.init(bytes)
        guard self.text == text else { return nil }
    }

    var text: String { Hexadecimal.string(bytes) }
}

/// What the request that began an upload asked for. Policies that want an encryption, an ACL or a storage class of an object
/// are told of it with every request of the upload: the parts themselves cannot say it.
struct AskedOfUpload: Sendable, Equatable {
    /// By names that are never to be changed.
    let texts: [String: String]

    init(stored texts: [String: String]) { self.texts = texts }

    /// - Parameter key: the ARN of the KMS key that the request named. - Parameter caller: who begins it.
    init(_ input: S3.CreateMultipartUpload.Input, key: String?, by caller: Principal) {
        texts = [
            "by": AskedOfUpload.beginner(caller), "by-account": caller.account?.description,
            "acl": input.aCL?.rawValue, "class": input.storageClass?.rawValue,
            "encryption": input.serverSideEncryption?.rawValue, "key": key,
            "customer": input.sSECustomerAlgorithm, "full": input.grantFullControl, "read": input.grantRead,
            "read-acp": input.grantReadACP, "write-acp": input.grantWriteACP,
            "redirect": input.websiteRedirectLocation,
        ].compactMapValues { $0 }
    }

    /// Who began the upload, as far as it bears on a caller. Users and roles are told apart by the ids that nobody had before
    /// them: who gets a deleted user's name gets nothing else of it. Uploads of earlier programs do not tell.
    func begun(_ caller: Principal) -> BegunBy {
        guard let account = caller.account?.description, account == texts["by-account"] else { return .others }
        guard let beginner = AskedOfUpload.beginner(caller) else { return .callersAccount }
        return texts["by"] == beginner ? .caller : .callersAccount
    }

    /// Nil of who has no id that is only his: a federated user has a name that whoever asks for the session chooses.
    private static func beginner(_ caller: Principal) -> String? {
        if case .federatedUser = caller { return nil }
        return caller.account == nil ? nil : caller.userID
    }

    var keys: [ConditionEntry] {
        [
            ConditionEntry(.s3XAmzAcl, texts["acl"]), ConditionEntry(.s3XAmzStorageClass, texts["class"]),
            ConditionEntry(.s3XAmzServerSideEncryption, texts["encryption"]),
            ConditionEntry(.s3XAmzServerSideEncryptionAwsKmsKeyId, texts["key"]),
            ConditionEntry(.s3XAmzServerSideEncryptionCustomerAlgorithm, texts["customer"]),
            ConditionEntry(.s3XAmzGrantFullControl, texts["full"]), ConditionEntry(.s3XAmzGrantRead, texts["read"]),
            ConditionEntry(.s3XAmzGrantReadAcp, texts["read-acp"]),
            ConditionEntry(.s3XAmzGrantWriteAcp, texts["write-acp"]),
            ConditionEntry(.s3XAmzWebsiteRedirectLocation, texts["redirect"]),
        ].compactMap { $0 }
    }
}

extension Principal {
    /// As S3 names who began an upload: an account's root user as an owner, everybody else by the ARN.
    /// - Source: S3 API Reference, "Initiator"; the id of callers without a signature: S3 User Guide, "Access control list
    ///   (ACL) overview".
    var initiator: String {
        if case .root(let account) = self { return CanonicalUser.id(of: account) }
        return arn ?? "65a011a29cdf8ec533ec3d1ccaae921c"
    }
}
