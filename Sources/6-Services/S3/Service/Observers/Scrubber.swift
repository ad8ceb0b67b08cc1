public import Blobs
public import Observers
public import Storage
public import World

/// Reads what lies on the disk, some of it each second, and tells of what is not there any more as it was written.
///
/// Contents under S3's own keys are opened: every frame has a tag. Those under a key of KMS or of a customer, which nobody here
/// can open, are compared with the check of their references. Former versions wrote none: of such it is looked whether the
/// file is there and has its length, and they are counted. A pass over everything begins a week after the end of the one
/// before, and goes on after a restart where it was, within a content of many parts too.
public struct Scrubber: Chore {
    public let name = "scrubber"
    private let store: Store
    private let blobs: any BlobStore
    private let log: Log
    private let limits: ScrubLimits
    private let pauses = BlockingPool("scrub", threads: 1, limit: 16)

    /// What it notes: where the pass is, and what it found.
    public static let schema = SchemaPart(
        "s3-scrubber",
        [
            Migration(
                1,
                """
                CREATE TABLE s3_scrub (
                    id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL, finished INTEGER
                ) STRICT;
                CREATE TABLE s3_damaged (
                    content INTEGER PRIMARY KEY, found INTEGER NOT NULL, problem TEXT NOT NULL
                ) STRICT;
                """),
            // `content` is the one of which the parts up to `part` were looked at; what is `is_old` an earlier pass found.
            Migration(
                2,
                """
                ALTER TABLE s3_scrub ADD COLUMN content INTEGER;
                ALTER TABLE s3_scrub ADD COLUMN part INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE s3_damaged ADD COLUMN is_old INTEGER NOT NULL DEFAULT 0;
                """),
            // Of this pass, and of the last one that came to its end.
            Migration(
                3,
                """
                ALTER TABLE s3_scrub ADD COLUMN unchecked INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE s3_scrub ADD COLUMN last_unchecked INTEGER NOT NULL DEFAULT 0;
                """),
        ])

    /// - Parameter log: is told of each damaged content once in a pass.
    public init(_ store: Store, _ blobs: any BlobStore, _ log: Log, limits: ScrubLimits = .usual) {
        (self.store, self.blobs, self.log, self.limits) = (store, blobs, log, limits)
    }

    private struct Content: Sendable {
        let id: Int64
        /// Whether nothing of it was looked at in this pass.
        let begins: Bool
        /// Its own, and those of its parts, as far as the portion has them.
        var references: [BlobReference] = []
        /// The last part in the portion; nil where no other follows.
        var lastPart: Int?
        let isOurs: Bool
        /// What is wrong with the row itself.
        var problem: String?
    }

    /// One portion. There is never more to do at once: the disk is for the requests.
    public func tend(_ now: Instant) async throws -> Bool {
        let place = try store.read { try ScrubPlace.find($0) }
        if let finished = place.finished, now.milliseconds < finished + limits.rest, now.milliseconds >= finished {
            return false
        }
        let portion = try portion(after: place.finished == nil ? place : ScrubPlace())
        var damaged: [(content: Int64, reference: BlobReference?, problem: String)] = []
        var unchecked: Int64 = 0
        for content in portion {
            if let problem = content.problem { damaged.append((content.id, nil, problem)) }
            var isChecked = true
            for reference in content.references {
                // Whatever else goes wrong says nothing of the content: the portion is looked at again.
                do { isChecked = try await check(reference, content.isOurs) && isChecked } catch let error as BlobError
                    where error.isDamage
                {
                    damaged.append((content.id, reference, "\(error)"))
                }
            }
            if !isChecked, content.lastPart == nil { unchecked += 1 }
        }
        let (problems, without, next) = (damaged, unchecked, Scrubber.place(place, after: portion, now))
        let found = try await store.write(.written) { transaction in
            transaction.changesOnlyRecords()
            for content in portion where content.begins { try DamagedContent.age(content.id, &transaction) }
            var found: Set<Int64> = []
            for (content, reference, problem) in problems
            where try reference.map({ try Scrubber.has(content, $0, transaction.snapshot) }) ?? true {
                if try DamagedContent.note(content, problem, at: now, &transaction) { found.insert(content) }
            }
            for content in portion where content.lastPart == nil { try DamagedContent.forget(content.id, &transaction) }
            try next.save(unchecked: without, in: &transaction)
            return found
        }
        for id in found { try tell(id) }
        return false
    }

    private static func place(_ place: ScrubPlace, after portion: [Content], _ now: Instant) -> ScrubPlace {
        guard let last = portion.last else { return ScrubPlace(finished: now.milliseconds) }
        guard let part = last.lastPart else { return ScrubPlace(position: last.id) }
        let whole = portion.dropLast().last?.id ?? (place.finished == nil ? place.position : 0)
        return ScrubPlace(position: whole, content: last.id, part: part)
    }

    /// So many contents, or parts of one, that reading them takes a part of a second.
    private func portion(after place: ScrubPlace) throws -> [Content] {
        var (bytes, portion): (Int64, [Content]) = (0, [])
        try store.read { snapshot in
            try snapshot.scan(
                """
                SELECT id, reference, encryption FROM s3_content c
                WHERE id > ? AND NOT EXISTS (SELECT 1 FROM s3_outgoing o WHERE o.content = c.id) ORDER BY id LIMIT ?
                """, .int(place.position), .number(limits.contents)
            ) { row in
                let start = row.int(0) == place.content ? place.part : 0
                var content = Content(id: row.int(0), begins: start == 0, isOurs: row.int(2) == 0)
                do {
                    if start == 0 { content.references = [try BlobReference(decoding: row.blob(1))] }
                    bytes += content.references.first?.length ?? 0
                    try addParts(after: start, to: &content, &bytes, snapshot)
                } catch let error as BlobError { content.problem = "\(error)" }
                portion.append(content)
                return bytes < limits.bytes && content.lastPart == nil
            }
        }
        return portion
    }

    private func addParts(
        after start: Int, to content: inout Content, _ bytes: inout Int64, _ snapshot: borrowing Snapshot
    ) throws {
        for part in try StoredPart.list(of: content.id, from: start + 1, limit: limits.contents, snapshot) {
            content.references.append(part.reference)
            content.lastPart = part.number
            bytes += part.size
            if bytes >= limits.bytes { break }
        }
        guard let last = content.lastPart else { return }
        let isMore = try snapshot.exists(
            "SELECT 1 FROM s3_part WHERE content = ? AND number > ? LIMIT 1", .int(content.id), .number(last))
        if !isMore { content.lastPart = nil }
    }

    /// False for a blob that only its key could check.
    private func check(_ reference: BlobReference, _ isOurs: Bool) async throws -> Bool {
        // A large content takes its time: the disk is for the requests.
        let pause = { @Sendable [limits, pauses] (bytes: Int) in
            let pause = Int(Int64(bytes) * 1000 / max(1, limits.bytes))
            guard pause > 0 else { return }
            try await pauses.run { Monitor(()).wait(until: { _ in false }, milliseconds: pause) { _ in } }
        }
        guard isOurs else { return try await blobs.inspect(reference, pause: pause) }
        try await blobs.verify(reference, pause: pause)
        return true
    }

    /// Contents under a key of KMS or of a customer that a former version wrote, without a check: as the last whole pass found.
    public static func unchecked(_ snapshot: borrowing Snapshot) throws -> Int64 {
        try snapshot.first("SELECT last_unchecked FROM s3_scrub WHERE id = 1") { $0.int(0) } ?? 0
    }

    /// Whether the content still has it: meanwhile a part may have been sent again, or the object removed.
    private static func has(_ content: Int64, _ reference: BlobReference, _ snapshot: borrowing Snapshot) throws -> Bool
    {
        let own = try snapshot.first("SELECT reference FROM s3_content WHERE id = ?", .int(content)) { $0.blob(0) }
        return try own == reference.encoded
            || StoredPart.list(of: content, snapshot).contains { $0.reference == reference }
    }

    private func tell(_ content: Int64) throws {
        let found = try store.read { try DamagedContent.all($0, content: content) }
        for one in found {
            log(
                .error, "a stored content is damaged: it is not given to anyone; put the object again",
                ["bucket": one.bucket, "key": one.key, "problem": one.problem])
        }
    }
}

/// How fast a pass goes.
public struct ScrubLimits: Sendable {
    /// Contents, and bytes, between two looks, which are a second apart.
    var contents = 500
    var bytes: Int64 = 32 << 20
    /// Milliseconds between the end of a pass and the next one.
    var rest: Int64 = 7 * 24 * 3_600_000

    /// At most 32 MB a second; once a week.
    public static let usual = ScrubLimits()
}

/// A content that was found damaged, and the object that has it.
public struct DamagedContent: Sendable, Hashable {
    public let bucket, key, problem: String
    /// When it was found.
    public let found: Instant

    /// Of those that are still there. - Parameter content: that one alone.
    public static func all(_ snapshot: borrowing Snapshot, content: Int64? = nil) throws -> [DamagedContent] {
        guard try snapshot.exists("SELECT 1 FROM s3_damaged") else { return [] }
        return try snapshot.rows(
            """
            SELECT b.name, o.key, d.problem, d.found
            FROM s3_damaged d JOIN (
                SELECT bucket, key, content FROM s3_object
                UNION ALL SELECT bucket, key, content FROM s3_version WHERE content IS NOT NULL
                UNION ALL SELECT bucket, key, content FROM s3_upload WHERE is_complete = 0
            ) o ON o.content = d.content JOIN s3_bucket b ON b.id = o.bucket
            WHERE ?1 IS NULL OR d.content = ?1 ORDER BY b.name, o.key
            """, .intOrNull(content)
        ) { row in
            DamagedContent(
                bucket: row.text(0), key: String(decoding: row.blob(1), as: UTF8.self), problem: row.text(2),
                found: Instant(milliseconds: row.int(3)))
        }
    }
}
