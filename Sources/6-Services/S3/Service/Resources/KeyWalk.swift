import Storage

/// Walks the keys of a bucket in the order of their bytes, folding those that share a beginning up to the delimiter.
///
/// A common prefix is passed with one seek, however many keys lie under it.
/// - Source: S3 User Guide, "Organizing objects using prefixes".
struct KeyWalk: Sendable {
    enum Entry: Sendable {
        case object(StoredObject)
        /// Ends with the delimiter.
        case commonPrefix([UInt8])

        /// What a later walk begins after.
        var position: [UInt8] {
            switch self {
            case .object(let object): object.key
            case .commonPrefix(let prefix): prefix
            }
        }
    }

    let prefix: [UInt8]
    /// Empty where nothing is folded.
    let delimiter: [UInt8]
    /// Only what comes after this is given; a common prefix passes all keys under it. Empty at the beginning.
    let marker: [UInt8]
    let limit: Int

    /// Up to `limit` entries, and whether there are more.
    func entries(of bucket: Bucket, _ snapshot: borrowing Snapshot) throws -> (entries: [Entry], isTruncated: Bool) {
        guard limit > 0 else { return ([], false) }
        var (entries, isTruncated): ([Entry], Bool) = ([], false)
        var start: [UInt8]? = firstKey
        while let from = start {
            start = nil
            try snapshot.scan(
                """
                SELECT bucket, key, etag, size, modified, algorithm, content, version, place FROM s3_object
                WHERE bucket = ? AND key >= ? ORDER BY key
                """, .int(bucket.id), .blob(from)
            ) { row in
                let key = row.blob(1)
                guard key.starts(with: prefix) else { return false }
                guard entries.count < limit else {
                    isTruncated = true
                    return false
                }
                guard let common = commonPrefix(of: key) else {
                    entries.append(.object(try StoredObject(row)))
                    return true
                }
                entries.append(.commonPrefix(common))
                start = KeyWalk.end(of: common)
                return false
            }
        }
        return (entries, isTruncated)
    }

    /// The first key that may be given.
    var firstKey: [UInt8]? {
        guard !marker.isEmpty else { return prefix }
        let next = commonPrefix(of: marker) == marker ? KeyWalk.end(of: marker) : marker + [0]
        guard let next else { return nil }
        return next.lexicographicallyPrecedes(prefix) ? prefix : next
    }

    /// The beginning of `key` up to the first delimiter after the prefix, that included; nil where there is none.
    func commonPrefix(of key: [UInt8]) -> [UInt8]? {
        guard let first = delimiter.first, key.starts(with: prefix) else { return nil }
        var place = prefix.count
        while place + delimiter.count <= key.count {
            if key[place] == first, key[place...].starts(with: delimiter) {
                return Array(key[..<(place + delimiter.count)])
            }
            place += 1
        }
        return nil
    }

    /// The least text that comes after everything that begins with `prefix`; nil where there is none.
    static func end(of prefix: [UInt8]) -> [UInt8]? {
        guard let last = prefix.lastIndex(where: { $0 < 0xFF }) else { return nil }
        var end = Array(prefix[...last])
        end[last] += 1
        return end
    }
}
