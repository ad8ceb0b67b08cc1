import Authentication
import Formats
import S3API
import Storage
import World

/// A line of an inventory: every field in quotation marks, keys encoded as in an URL.
/// - Source: S3 User Guide, "Amazon S3 Inventory", "Amazon S3 Inventory list".
struct InventoryLine: Sendable {
    let plan: InventoryPlan
    /// The bucket that is listed.
    let bucket: Bucket
    /// Whether its objects may be others'.
    let hasLists: Bool

    /// What of a version lies beside its row.
    private struct Beside {
        var encryption: Int64 = 0
        var usesBucketKey = false
        var replication: ReplicationStatus?
        var owner: ListOwner
        var lock = ObjectLock.none
    }

    /// - Parameter isLatest: whether it is the current version.
    func append(
        _ version: StoredVersion, isLatest: Bool, to text: inout [UInt8], _ snapshot: borrowing Snapshot
    ) throws {
        field(bucket.name, to: &text, isFirst: true)
        var key: [UInt8] = []
        PercentEncoding.append(version.key, to: &key, keepingSlash: true)
        field(String(decoding: key, as: UTF8.self), to: &text)
        if plan.listsVersions {
            field(version.version?.text ?? "", to: &text)
            field(isLatest ? "true" : "false", to: &text)
            field(version.marker == nil ? "false" : "true", to: &text)
        }
        var beside: Beside?
        if let object = version.object { beside = try self.beside(object, snapshot) }
        for name in plan.columns where plan.fields.contains(name) {
            field(value(name, version, beside), to: &text)
        }
        text.append(UInt8(ascii: "\n"))
    }

    private func field(_ value: String, to text: inout [UInt8], isFirst: Bool = false) {
        if !isFirst { text.append(UInt8(ascii: ",")) }
        text.append(UInt8(ascii: "\""))
        for byte in value.utf8 {
            if byte == UInt8(ascii: "\"") { text.append(byte) }
            text.append(byte)
        }
        text.append(UInt8(ascii: "\""))
    }

    private static let inContent: Set<String> = ["EncryptionStatus", "BucketKeyStatus", "ReplicationStatus"]
    private static let inLock: Set<String> = [
        "ObjectLockRetainUntilDate", "ObjectLockMode", "ObjectLockLegalHoldStatus",
    ]

    /// Looked up only where the plan shows it.
    private func beside(_ object: StoredObject, _ snapshot: borrowing Snapshot) throws -> Beside {
        var beside = Beside(owner: .account(bucket.account))
        if plan.fields.contains(where: { InventoryLine.inContent.contains($0) }) {
            let found = try snapshot.first(
                "SELECT encryption, bucket_key, replication FROM s3_content WHERE id = ?", .int(object.content)
            ) { ($0.int(0), $0.intOrNull(1) == 1, $0.intOrNull(2).flatMap { ReplicationStatus(rawValue: $0) }) }
            guard let found else { throw Damaged.object(object.content) }
            (beside.encryption, beside.usesBucketKey, beside.replication) = found
        }
        if bucket.lock != nil, plan.fields.contains(where: { InventoryLine.inLock.contains($0) }) {
            beside.lock = try ObjectLock.find(object.content, snapshot)
        }
        if hasLists, plan.fields.contains("ObjectOwner") {
            beside.owner = try OwnedObject.find(object.content, of: bucket, snapshot).owner
        }
        return beside
    }

    /// - Parameter beside: nil of a delete marker, which has only a date.
    private func value(_ field: String, _ version: StoredVersion, _ beside: Beside?) -> String {
        guard let object = version.object, let beside else {
            return field == "LastModifiedDate" ? version.marker?.modified.iso8601Milliseconds ?? "" : ""
        }
        switch field {
        case "Size": return String(object.size)
        case "LastModifiedDate": return object.modified.iso8601Milliseconds
        case "ETag": return String(EntityTag.text(object.etag).dropFirst().dropLast())
        case "StorageClass": return object.storageClass.name
        // The tag of an object made of parts has their number.
        case "IsMultipartUploaded": return object.etag.count > 16 ? "true" : "false"
        case "EncryptionStatus": return ["SSE-S3", "SSE-KMS", "DSSE-KMS", "SSE-C"][Int(beside.encryption) % 4]
        case "BucketKeyStatus": return beside.usesBucketKey ? "ENABLED" : "DISABLED"
        case "ChecksumAlgorithm": return object.algorithm.name
        case "ObjectLockRetainUntilDate": return beside.lock.retention?.until.iso8601Milliseconds ?? ""
        case "ObjectLockMode": return beside.lock.retention?.mode.name ?? ""
        case "ObjectLockLegalHoldStatus":
            return bucket.lock == nil ? "" : beside.lock.isHeld == true ? "ON" : "OFF"
        case "ObjectOwner": return beside.owner.canonicalID
        case "ReplicationStatus": return beside.replication?.shape.rawValue ?? ""
        // There are no tiers within a class.
        default: return ""
        }
    }
}

extension Instant {
    /// `2016-09-25T22:08:07.000Z`
    fileprivate var iso8601Milliseconds: String {
        var text: [UInt8] = []
        appendISO8601(to: &text, fraction: true)
        return String(decoding: text, as: UTF8.self)
    }
}
