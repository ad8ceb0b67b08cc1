import S3API
import Storage
import World

/// Looks through a portion of a bucket for what is due. It changes nothing: what it finds is looked at once more in the
/// transaction that acts.
struct LifecycleWalk {
    let bucket: Bucket
    let rules: LifecycleRules
    let now: Instant
    let limits: LifecycleLimits

    /// What a look found.
    struct Portion: Sendable {
        /// Versions that something is due of, by key and place.
        var versions: [(key: [UInt8], place: Int64)] = []
        /// Uploads that are to be ended, by key and id.
        var uploads: [(key: [UInt8], id: UploadID)] = []
        /// Where the walk stood.
        let before: LifecyclePass
        /// Where it stands when that is done.
        var after: LifecyclePass

        init(_ pass: LifecyclePass, after: LifecyclePass? = nil) { (before, self.after) = (pass, after ?? pass) }

        var isEmpty: Bool { versions.isEmpty && uploads.isEmpty }
    }

    func look(_ pass: LifecyclePass, _ snapshot: borrowing Snapshot) throws -> Portion {
        // Who may remove versions only with a second factor loses none.
        guard bucket.versioning.needsFactor != true, !rules.rules.isEmpty else {
            return Portion(pass, after: pass.next().next())
        }
        return switch pass.stage {
        case .versions: try versions(pass, snapshot)
        case .uploads: try uploads(pass, snapshot)
        case .over: Portion(pass)
        }
    }

    private func versions(_ pass: LifecyclePass, _ snapshot: borrowing Snapshot) throws -> Portion {
        var (portion, looked) = (Portion(pass), 0)
        var from = rules.next(from: pass.key).map { (key: $0, place: $0 == pass.key ? pass.place : .min) }
        while let start = from {
            from = nil
            var isEnd = true
            try snapshot.scan(
                """
                SELECT bucket, key, etag, size, modified, algorithm, content, version, place, 1
                FROM s3_object WHERE bucket = ?1 AND (key, place) > (?2, ?3)
                UNION ALL
                SELECT bucket, key, etag, size, modified, algorithm, content, version, place, 0
                FROM s3_version WHERE bucket = ?1 AND (key, place) > (?2, ?3)
                ORDER BY key, place
                """, .int(bucket.id), .blob(start.key), .int(start.place)
            ) { row in
                let (key, place) = (row.blob(1), row.int(8))
                looked += 1
                guard looked <= limits.looked, portion.versions.count < limits.done else {
                    isEnd = false
                    return false
                }
                guard let next = rules.next(from: key) else { return false }
                guard next == key else {
                    // A portion of nothing but seeks gets on, too.
                    (portion.after.key, portion.after.place) = (next, .min)
                    from = (next, .min)
                    return false
                }
                let version = try StoredVersion(row)
                if try action(on: version, isListed: row.bool(9), snapshot) != nil {
                    portion.versions.append((key, place))
                }
                (portion.after.key, portion.after.place) = (key, place)
                return true
            }
            guard isEnd else { return portion }
        }
        portion.after = pass.next()
        return portion
    }

    /// What is due of a version.
    func action(on version: StoredVersion, isListed: Bool, _ snapshot: borrowing Snapshot) throws -> LifecycleAction? {
        // What is to be replicated still, or could not be, stays as it is.
        // - Source: S3 User Guide, "Lifecycle and other bucket configurations".
        if bucket.replication.contains(.source), let object = version.object,
            [.pending, .failed].contains(try ReplicationStatus.find(object.content, snapshot))
        {
            return nil
        }
        return try rules.action(
            on: version, isListed: isListed, isPermanent: version.isLost(in: bucket.versioning), at: now,
            tags: { try version.object.map { try ObjectTags.find($0.content, snapshot) } ?? [] },
            standing: { try VersionStanding.find(version, in: bucket, snapshot) })
    }

    private func uploads(_ pass: LifecyclePass, _ snapshot: borrowing Snapshot) throws -> Portion {
        var (portion, looked, isEnd) = (Portion(pass), 0, true)
        try Upload.scan(bucket, fromKey: pass.key, after: pass.upload, snapshot) { upload in
            looked += 1
            guard looked <= limits.looked, portion.uploads.count < limits.done else {
                isEnd = false
                return false
            }
            if isDue(upload) { portion.uploads.append((upload.key, upload.id)) }
            (portion.after.key, portion.after.upload) = (upload.key, upload.id.bytes)
            return true
        }
        if isEnd { portion.after = pass.next() }
        return portion
    }

    func isDue(_ upload: Upload) -> Bool {
        !upload.isComplete && rules.abort(of: upload.key, begun: upload.initiated).map { $0.date <= now } ?? false
    }
}

/// How much a look and a transaction take in.
public struct LifecycleLimits: Sendable {
    /// Versions or uploads that are looked at.
    var looked = 1000
    /// Of those, how many something is done with in one transaction.
    var done = 100
    /// Parts whose rows go in one transaction; the content that exceeds it is the last.
    var parts = 2000

    /// A thousand looked at, a hundred done.
    public static let usual = LifecycleLimits()
}
