import Storage

/// Walks the versions of a bucket: keys in the order of their bytes, of each key the newest first. Keys that share a
/// beginning up to the delimiter are folded, as `KeyWalk` does.
/// - Source: S3 API Reference, "ListObjectVersions".
struct VersionWalk: Sendable {
    enum Entry: Sendable {
        case version(StoredVersion, isLatest: Bool)
        /// Ends with the delimiter.
        case commonPrefix([UInt8])
    }

    /// Where a walk begins: after all versions of a key, or after one of them. Keys under a common prefix that the key lies
    /// in are passed as a whole.
    struct Marker: Sendable {
        let key: [UInt8]
        /// Nil after the last of the key.
        let place: Int64?
    }

    let keys: KeyWalk
    /// Nil at the beginning.
    let marker: Marker?

    init(prefix: [UInt8], delimiter: [UInt8], after marker: Marker?, limit: Int) {
        keys = KeyWalk(prefix: prefix, delimiter: delimiter, marker: [], limit: limit)
        self.marker = marker
    }

    /// Up to `limit` entries, and whether there are more.
    func entries(of bucket: Bucket, _ snapshot: borrowing Snapshot) throws -> (entries: [Entry], isTruncated: Bool) {
        guard keys.limit > 0 else { return ([], false) }
        var (entries, isTruncated): ([Entry], Bool) = ([], false)
        var start = first
        while let from = start {
            start = nil
            try snapshot.scan(
                """
                SELECT bucket, key, etag, size, modified, algorithm, content, version, place, 1 AS latest
                FROM s3_object WHERE bucket = ?1 AND (key, place) > (?2, ?3)
                UNION ALL
                SELECT bucket, key, etag, size, modified, algorithm, content, version, place,
                    content IS NULL
                    AND NOT EXISTS (SELECT 1 FROM s3_object o WHERE o.bucket = v.bucket AND o.key = v.key)
                    AND NOT EXISTS (
                        SELECT 1 FROM s3_version w WHERE w.bucket = v.bucket AND w.key = v.key AND w.place < v.place)
                FROM s3_version v WHERE bucket = ?1 AND (key, place) > (?2, ?3)
                ORDER BY key, place
                """, .int(bucket.id), .blob(from.key), .int(from.place)
            ) { row in
                let key = row.blob(1)
                guard key.starts(with: keys.prefix) else { return false }
                guard entries.count < keys.limit else {
                    isTruncated = true
                    return false
                }
                guard let common = keys.commonPrefix(of: key) else {
                    entries.append(.version(try StoredVersion(row), isLatest: row.bool(9)))
                    return true
                }
                entries.append(.commonPrefix(common))
                start = KeyWalk.end(of: common).map { (key: $0, place: .min) }
                return false
            }
        }
        return (entries, isTruncated)
    }

    /// All versions that may be given come after this.
    private var first: (key: [UInt8], place: Int64)? {
        guard let marker else { return (keys.prefix, .min) }
        if let common = keys.commonPrefix(of: marker.key) {
            return KeyWalk.end(of: common).map { (key: $0, place: .min) }
        }
        guard !marker.key.lexicographicallyPrecedes(keys.prefix) else { return (keys.prefix, .min) }
        return (marker.key, marker.place ?? .max)
    }
}
