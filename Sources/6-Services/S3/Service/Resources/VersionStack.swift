import Blobs
import S3API
import Storage
import World

/// The versions of one key, and the three ways in which they change. Whatever becomes current, or stops being it, moves in
/// the transaction of the change.
/// - Source: S3 User Guide, "Adding objects to", "Deleting objects from" and "Working with objects in a
///   versioning-suspended bucket".
struct VersionStack: Sendable {
    let key: [UInt8]
    let bucket: Bucket
    let now: Instant
    /// Whether governing retentions are passed by, by somebody who may.
    private let bypasses: Bool

    init(of key: String, in bucket: Bucket, at now: Instant, bypassing bypasses: Bool = false) {
        (self.key, self.bucket, self.now, self.bypasses) = (Array(key.utf8), bucket, now, bypasses)
    }

    /// What a DELETE did.
    struct Deletion: Sendable {
        /// Of the marker that was made, or of the version that was removed; nil in a bucket that never had versions.
        let version: String?
        /// Whether that is a marker.
        let isMarker: Bool
    }

    /// Makes an object of a content the current version. PutObject, CompleteMultipartUpload and CopyObject end here.
    /// - Parameter outdated: notes what it replaces for good.
    /// - Returns: its id; nil for the null version.
    func push(_ new: NewObject, lock: ObjectLock, noting outdated: Outdated, in transaction: inout Transaction) throws
        -> VersionID?
    {
        let modified = try time(transaction.snapshot)
        let slot = try makeRoom(noting: outdated, in: &transaction)
        if lock != .none { try lock.put(on: new.content, in: &transaction) }
        try transaction.run(
            """
            INSERT INTO s3_object (bucket, key, etag, size, modified, algorithm, content, version, place)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .int(bucket.id), .blob(key), .blob(new.etag), .int(new.size), .int(modified.seconds * 1000),
            .int(StoredObject.kind(new.algorithm, isComposite: new.isComposite, new.storageClass)), .int(new.content),
            .blobOrNull(slot.version?.bytes), .int(slot.place))
        try ReplicationTask.note(new.content, slot.version, of: key, in: bucket, at: now, &transaction)
        return slot.version
    }

    /// A DELETE that names no version: in a bucket with versions a marker becomes current; in one without, the object goes.
    /// - Parameter replicates: whether the marker may be replicated. A lifecycle's never is.
    func delete(noting outdated: Outdated, replicates: Bool = true, in transaction: inout Transaction) throws
        -> Deletion
    {
        let modified = try time(transaction.snapshot)
        let slot = try makeRoom(noting: outdated, in: &transaction)
        guard bucket.versioning.state != .never else { return Deletion(version: nil, isMarker: false) }
        try transaction.run(
            "INSERT INTO s3_version (bucket, key, place, version, modified) VALUES (?, ?, ?, ?, ?)", .int(bucket.id),
            .blob(key), .int(slot.place), .blobOrNull(slot.version?.bytes), .int(modified.seconds * 1000))
        if replicates { try ReplicationTask.note(nil, slot.version, of: key, in: bucket, at: now, &transaction) }
        return Deletion(version: bucket.versioning.shown(slot.version), isMarker: true)
    }

    /// Removes one version for good, unless a lock keeps it; absence is a success. What lies behind the current version
    /// takes its place.
    func remove(_ name: VersionName, noting outdated: Outdated, in transaction: inout Transaction) throws -> Deletion {
        let found = try StoredVersion.find(name, of: key, in: bucket, transaction.snapshot)
        if let found {
            try remove(found, noting: outdated, in: &transaction)
            try promote(in: &transaction)
        }
        return Deletion(
            version: bucket.versioning.state == .never ? nil : name.text, isMarker: found?.marker != nil)
    }

    /// When a version on the top is told to be made. Where replicas come in, that is later than what it is put upon: buckets that
    /// replicate each other compare these times, in whole seconds, and must come to the same order.
    private func time(_ snapshot: borrowing Snapshot) throws -> Instant {
        guard bucket.replication.contains(.destination),
            let latest = try StoredVersion.latest(of: key, in: bucket, snapshot), latest.modified.seconds >= now.seconds
        else { return now }
        return latest.modified + .seconds(1)
    }

    /// Prepares the stack for a version on its top: whose name that is to be, and its place.
    private func makeRoom(noting outdated: Outdated, in transaction: inout Transaction) throws
        -> (version: VersionID?, place: Int64)
    {
        switch bucket.versioning.state {
        case .never:
            if let current = try StoredObject.find(key, in: bucket, transaction.snapshot) {
                try remove(.object(current), noting: outdated, in: &transaction)
            }
            return (nil, 0)
        case .enabled:
            try setBack(in: &transaction)
            let place = try nextPlace(in: &transaction)
            return (VersionID(at: place), place)
        case .suspended:
            if let null = try StoredVersion.find(.null, of: key, in: bucket, transaction.snapshot) {
                try remove(null, noting: outdated, in: &transaction)
            }
            try setBack(in: &transaction)
            return (nil, try nextPlace(in: &transaction))
        }
    }

    private func remove(_ version: StoredVersion, noting outdated: Outdated, in transaction: inout Transaction) throws {
        if let object = version.object {
            try bucket.checkRemoval(of: object.content, at: now, bypasses: bypasses, in: transaction)
        }
        let isCurrent = try transaction.run(
            "DELETE FROM s3_object WHERE bucket = ? AND key = ? AND place = ?", .int(bucket.id), .blob(key),
            .int(version.place))
        if isCurrent == 0 {
            try transaction.run(
                "DELETE FROM s3_version WHERE bucket = ? AND key = ? AND place = ?", .int(bucket.id), .blob(key),
                .int(version.place))
        }
        try forgetPlace(of: version, in: &transaction)
        guard let object = version.object else { return }
        try RemovedContent.remove(object.content, noting: outdated, in: &transaction)
    }

    /// The current object becomes the newest of those behind.
    func setBack(in transaction: inout Transaction) throws {
        let moved = try transaction.run(
            """
            INSERT INTO s3_version (bucket, key, place, version, etag, size, modified, algorithm, content)
            SELECT bucket, key, place, version, etag, size, modified, algorithm, content FROM s3_object
            WHERE bucket = ? AND key = ?
            """, .int(bucket.id), .blob(key))
        guard moved > 0 else { return }
        try transaction.run("DELETE FROM s3_object WHERE bucket = ? AND key = ?", .int(bucket.id), .blob(key))
    }

    /// Where there is no current object, the newest of those behind becomes it, unless that is a marker.
    func promote(in transaction: inout Transaction) throws {
        guard try StoredObject.find(key, in: bucket, transaction.snapshot) == nil,
            case .object(let next)? = try StoredVersion.newestBehind(key, in: bucket, transaction.snapshot)
        else { return }
        try transaction.run(
            """
            INSERT INTO s3_object (bucket, key, etag, size, modified, algorithm, content, version, place)
            SELECT bucket, key, etag, size, modified, algorithm, content, version, place FROM s3_version
            WHERE bucket = ? AND key = ? AND place = ?
            """, .int(bucket.id), .blob(key), .int(next.place))
        try transaction.run(
            "DELETE FROM s3_version WHERE bucket = ? AND key = ? AND place = ?", .int(bucket.id), .blob(key),
            .int(next.place))
    }

    /// A place that no version of the bucket had.
    func nextPlace(in transaction: inout Transaction) throws -> Int64 {
        try transaction.run(
            """
            INSERT INTO s3_place (bucket, last) VALUES (?, -1)
            ON CONFLICT (bucket) DO UPDATE SET last = last - 1
            """, .int(bucket.id))
        return try transaction.number("SELECT last FROM s3_place WHERE bucket = ?", .int(bucket.id))
    }
}
