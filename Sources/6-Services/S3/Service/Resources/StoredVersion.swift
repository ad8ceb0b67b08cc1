import Smithy
import Storage
import World

/// One version of an object: content, or the mark that it was deleted.
///
/// `s3_object` has what a listing shows now: of each key the current version, unless that is a marker. `s3_version` has
/// what lies behind it, and the markers. Of two versions of a key, the newer has the smaller place.
enum StoredVersion: Sendable {
    case object(StoredObject)
    case marker(DeleteMarker)

    /// Columns: as `StoredObject` has them; a marker has no content.
    init(_ row: borrowing Row) throws {
        self = try row.isNull(6) ? .marker(DeleteMarker(row)) : .object(StoredObject(row))
    }

    var object: StoredObject? {
        if case .object(let object) = self { object } else { nil }
    }

    var marker: DeleteMarker? {
        if case .marker(let marker) = self { marker } else { nil }
    }

    var key: [UInt8] {
        switch self {
        case .object(let object): object.key
        case .marker(let marker): marker.key
        }
    }

    /// Nil for the null version.
    var version: VersionID? {
        switch self {
        case .object(let object): object.version
        case .marker(let marker): marker.version
        }
    }

    var place: Int64 {
        switch self {
        case .object(let object): object.place
        case .marker(let marker): marker.place
        }
    }
}

/// Stands for a deletion, in the place of content.
/// - Source: S3 User Guide, "Working with delete markers".
struct DeleteMarker: Sendable {
    let key: [UInt8]
    let modified: Instant
    /// Nil for the null version.
    let version: VersionID?
    let place: Int64

    fileprivate init(_ row: borrowing Row) throws {
        key = row.blob(1)
        modified = Instant(milliseconds: row.int(4))
        (version, place) = (try StoredObject.version(row, at: 7), row.int(8))
    }

    /// The answer to a request for the object, where the marker is its current version.
    func missing(_ key: String) -> S3Refusal {
        var refusal = S3Refusal("NoSuchKey", 404, "The specified key does not exist.", [.init("Key", key)])
        refusal.headers = told
        return refusal
    }

    /// The answer to a request that names the marker itself. - Parameter method: of HTTP.
    func notAllowed(_ method: String) -> S3Refusal {
        var refusal = S3Refusal(
            "MethodNotAllowed", 405, "The specified method is not allowed against this resource.",
            [.init("Method", method), .init("ResourceType", "DeleteMarker")])
        refusal.headers = told + [.init("Allow", "DELETE"), .init("Last-Modified", modified.httpDate)]
        return refusal
    }

    private var told: [ErrorField] {
        [.init("x-amz-delete-marker", "true"), .init("x-amz-version-id", VersionName(version).text)]
    }
}

extension StoredVersion {
    /// The version of that name; nil where the key has none.
    static func find(
        _ name: VersionName, of key: [UInt8], in bucket: Bucket, _ snapshot: borrowing Snapshot
    ) throws -> StoredVersion? {
        let current = try StoredObject.find(key, in: bucket, snapshot)
        if let current, VersionName(current.version) == name { return .object(current) }
        guard bucket.versioning.state != .never else { return nil }
        switch name {
        case .null:
            return try snapshot.first(
                """
                SELECT bucket, key, etag, size, modified, algorithm, content, version, place FROM s3_version
                WHERE bucket = ? AND key = ? AND version IS NULL
                """, .int(bucket.id), .blob(key), make: StoredVersion.init)
        case .id(let id):
            return try snapshot.first(
                """
                SELECT bucket, key, etag, size, modified, algorithm, content, version, place FROM s3_version
                WHERE bucket = ? AND key = ? AND place = ? AND version = ?
                """, .int(bucket.id), .blob(key), .int(try bucket.place(of: id, key, snapshot) ?? id.place),
                .blob(id.bytes), make: StoredVersion.init)
        }
    }

    /// The current version; nil where the key has none.
    static func latest(of key: [UInt8], in bucket: Bucket, _ snapshot: borrowing Snapshot) throws -> StoredVersion? {
        if let current = try StoredObject.find(key, in: bucket, snapshot) { return .object(current) }
        return try newestBehind(key, in: bucket, snapshot)
    }

    /// The newest of those behind the current object; without one, the current version itself.
    static func newestBehind(
        _ key: [UInt8], in bucket: Bucket, _ snapshot: borrowing Snapshot
    ) throws -> StoredVersion? {
        guard bucket.versioning.state != .never else { return nil }
        return try snapshot.first(
            """
            SELECT bucket, key, etag, size, modified, algorithm, content, version, place FROM s3_version
            WHERE bucket = ? AND key = ? ORDER BY place LIMIT 1
            """, .int(bucket.id), .blob(key), make: StoredVersion.init)
    }
}
