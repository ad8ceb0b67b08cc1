import S3API
import Storage
import World

/// A version that another bucket made, as it is to be in this one.
struct Replica {
    /// Nil for a delete marker.
    let object: NewObject?
    /// The bucket that made it.
    let origin: Int64
    let version: VersionID
    /// When the source made it.
    let modified: Instant
    let lock: ObjectLock
}

extension VersionStack {
    /// Adds a replica, with the id and the time it has at its source. It becomes the current version unless the key has newer
    /// ones here; then it goes behind those. So two buckets that replicate each other come to the same order.
    /// - Source: S3 User Guide, "What does Amazon S3 replicate?".
    func add(_ replica: Replica, in transaction: inout Transaction) throws {
        try bucket.noteReplica(in: &transaction)
        try setBack(in: &transaction)
        if let object = replica.object, replica.lock != .none {
            try replica.lock.put(on: object.content, in: &transaction)
        }
        let newer = try newer(than: replica, transaction.snapshot)
        let place = try nextPlace(in: &transaction)
        try transaction.run(
            """
            INSERT INTO s3_version (bucket, key, place, version, etag, size, modified, algorithm, content)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .int(bucket.id), .blob(key), .int(place), .blob(replica.version.bytes),
            .blobOrNull(replica.object?.etag), .intOrNull(replica.object?.size),
            .int(replica.modified.seconds * 1000), .intOrNull(replica.object?.kind), .intOrNull(replica.object?.content)
        )
        try setPlace(place, of: replica.version, from: replica.origin, in: &transaction)
        for version in newer.reversed() { try raise(version, in: &transaction) }
        try promote(in: &transaction)
    }

    /// How many newer versions a replica may go behind.
    private static let most = 1000

    /// Those behind which the replica goes, the newest first.
    private func newer(than replica: Replica, _ snapshot: borrowing Snapshot) throws -> [StoredVersion] {
        var newer: [StoredVersion] = []
        try snapshot.scan(
            """
            SELECT v.bucket, v.key, v.etag, v.size, v.modified, v.algorithm, v.content, v.version, v.place, r.origin
            FROM s3_version v
            LEFT JOIN s3_replica r ON r.bucket = v.bucket AND r.key = v.key AND r.version = v.version
            WHERE v.bucket = ? AND v.key = ? ORDER BY v.place
            """, .int(bucket.id), .blob(key)
        ) { row in
            let version = try StoredVersion(row)
            guard version.isNewer(than: replica, from: row.intOrNull(9)) else { return false }
            newer.append(version)
            return newer.count <= VersionStack.most
        }
        guard newer.count <= VersionStack.most else {
            throw S3.InvalidRequest(
                message: "The key has too many newer versions for an older one to be put behind them.")
        }
        return newer
    }

    /// Puts a version on the top.
    private func raise(_ version: StoredVersion, in transaction: inout Transaction) throws {
        let place = try nextPlace(in: &transaction)
        try transaction.run(
            "UPDATE s3_version SET place = ? WHERE bucket = ? AND key = ? AND place = ?", .int(place), .int(bucket.id),
            .blob(key), .int(version.place))
        if let id = version.version { try setPlace(place, of: id, from: nil, in: &transaction) }
    }

    /// - Parameter origin: of a new replica. That of one that is there stays.
    private func setPlace(
        _ place: Int64, of version: VersionID, from origin: Int64?, in transaction: inout Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO s3_replica (bucket, key, version, place, origin) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (bucket, key, version) DO UPDATE SET place = excluded.place
            """, .int(bucket.id), .blob(key), .blob(version.bytes), .int(place), .intOrNull(origin))
    }

    /// Of a version that is gone.
    func forgetPlace(of version: StoredVersion, in transaction: inout Transaction) throws {
        guard bucket.replication.contains(.destination), let id = version.version else { return }
        try transaction.run(
            "DELETE FROM s3_replica WHERE bucket = ? AND key = ? AND version = ?", .int(bucket.id), .blob(key),
            .blob(id.bytes))
    }
}

extension NewObject {
    /// The algorithm and the class, as rows have them.
    fileprivate var kind: Int64 { StoredObject.kind(algorithm, isComposite: isComposite, storageClass) }
}

extension StoredVersion {
    var modified: Instant {
        switch self {
        case .object(let object): object.modified
        case .marker(let marker): marker.modified
        }
    }

    /// Of two that were made in the same second in different buckets, both buckets take the same one for the newer; what one
    /// bucket made comes in its order.
    /// - Parameter origin: the bucket that made this one; nil where it is the bucket it lies in.
    fileprivate func isNewer(than replica: Replica, from origin: Int64?) -> Bool {
        guard modified.seconds == replica.modified.seconds else { return modified.seconds > replica.modified.seconds }
        guard let version, origin != replica.origin else { return false }
        return replica.version.bytes.lexicographicallyPrecedes(version.bytes)
    }
}

extension Bucket {
    /// Where a version stands whose id does not tell.
    func place(of id: VersionID, _ key: [UInt8], _ snapshot: borrowing Snapshot) throws -> Int64? {
        guard replication.contains(.destination) else { return nil }
        return try snapshot.first(
            "SELECT place FROM s3_replica WHERE bucket = ? AND key = ? AND version = ?", .int(self.id), .blob(key),
            .blob(id.bytes)
        ) { $0.int(0) }
    }

    /// Where a version stands, or stood. Of what is gone from a bucket into which replicas come nobody knows: the key then begins
    /// again, so that nothing is passed over.
    func formerPlace(of id: VersionID, _ key: [UInt8], _ snapshot: borrowing Snapshot) throws -> Int64 {
        guard replication.contains(.destination) else { return id.place }
        return try StoredVersion.find(.id(id), of: key, in: self, snapshot)?.place ?? .min
    }
}
