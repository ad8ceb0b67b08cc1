public import Blobs
public import Storage

/// A walk over the files of contents that objects and uploads have, some at a time. Outgoing contents were deleted, and are
/// passed over.
public struct ContentFiles: Sendable {
    /// The last content and part that were handed on; first come the contents that lie in one piece.
    private var content: Int64 = 0
    private var number: Int64 = 0
    private var isAtParts = false

    /// At the beginning.
    public init() {}

    /// The next ones, with their lengths; none at the end. - Parameter limit: above 0.
    public mutating func next(_ limit: Int, _ snapshot: borrowing Snapshot) throws -> [(id: BlobID, length: Int64)] {
        if !isAtParts {
            if let whole = try contents(limit, snapshot) { return whole }
            (content, isAtParts) = (0, true)
        }
        return try parts(limit, snapshot)
    }

    /// Nil at the end.
    private mutating func contents(
        _ limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> [(id: BlobID, length: Int64)]? {
        let rows = try snapshot.rows(
            "SELECT id, reference FROM s3_content WHERE id > ? AND blob IS NOT NULL ORDER BY id LIMIT ?", .int(content),
            .number(limit)
        ) { ($0.int(0), try BlobReference(decoding: $0.blob(1))) }
        guard let last = rows.last else { return nil }
        content = last.0
        return rows.map { ($0.1.id, $0.1.fileLength ?? 0) }
    }

    private mutating func parts(
        _ limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> [(id: BlobID, length: Int64)] {
        let rows = try snapshot.rows(
            """
            SELECT content, number, reference FROM s3_part p
            WHERE (content, number) > (?, ?) AND blob IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM s3_outgoing o WHERE o.content = p.content)
                AND NOT EXISTS (
                    SELECT 1 FROM s3_outgoing_bucket b JOIN s3_upload u ON u.bucket = b.bucket WHERE u.content = p.content
                )
            ORDER BY content, number LIMIT ?
            """, .int(content), .int(number), .number(limit)
        ) { ($0.int(0), $0.int(1), try BlobReference(decoding: $0.blob(2))) }
        if let last = rows.last { (content, number) = (last.0, last.1) }
        return rows.map { ($0.2.id, $0.2.fileLength ?? 0) }
    }
}

extension S3Service {
    /// Hands on the files of contents that objects and uploads have, with their lengths.
    public static func eachFile(
        _ snapshot: borrowing Snapshot, _ each: (BlobID, Int64) throws -> Void
    ) throws {
        var files = ContentFiles()
        while true {
            let found = try files.next(1000, snapshot)
            if found.isEmpty { return }
            for file in found { try each(file.id, file.length) }
        }
    }
}
