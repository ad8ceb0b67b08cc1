public import Storage
import World

/// How far the scrubber's pass is, as the database has it.
struct ScrubPlace: Sendable, Equatable {
    /// The last content that was looked at whole.
    var position: Int64 = 0
    /// The content whose parts were looked at up to `part`; nil between two contents.
    var content: Int64?
    var part = 0
    /// Whether one of those parts was one that only its key could check.
    var isUnchecked = false
    /// When the pass ended, in milliseconds; nil while it goes on.
    var finished: Int64?

    static func find(_ snapshot: borrowing Snapshot) throws -> ScrubPlace {
        try snapshot.first("SELECT position, content, part, part_unchecked, finished FROM s3_scrub WHERE id = 1") {
            row in
            ScrubPlace(
                position: row.int(0), content: row.intOrNull(1), part: Int(row.int(2)), isUnchecked: row.int(3) == 1,
                finished: row.intOrNull(4))
        } ?? ScrubPlace()
    }

    /// - Parameter unchecked: how many contents more only their keys could check.
    func save(unchecked: Int64, in transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO s3_scrub (id, position, content, part, finished, unchecked, part_unchecked)
            VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (id) DO UPDATE SET position = ?1, content = ?2, part = ?3, finished = ?4, part_unchecked = ?6,
                unchecked = CASE WHEN ?4 IS NULL THEN unchecked + ?5 ELSE 0 END,
                last_unchecked = CASE WHEN ?4 IS NULL THEN last_unchecked ELSE unchecked END
            """, .int(position), .intOrNull(content), .number(part), .intOrNull(finished), .int(unchecked),
            .int(isUnchecked ? 1 : 0))
    }
}

/// What is found of a content in a pass. What an earlier one found stays until the content was looked at whole.
extension DamagedContent {
    /// How many there are, without looking for the objects that have them.
    public static func count(_ snapshot: borrowing Snapshot) throws -> Int {
        Int(
            try snapshot.number(
                """
                SELECT count(*) FROM s3_damaged d WHERE EXISTS (SELECT 1 FROM s3_content c WHERE c.id = d.content)
                    AND NOT EXISTS (SELECT 1 FROM s3_outgoing o WHERE o.content = d.content)
                """))
    }

    /// The content is looked at anew.
    static func age(_ content: Int64, _ transaction: inout Transaction) throws {
        try transaction.run("UPDATE s3_damaged SET is_old = 1 WHERE content = ?", .int(content))
    }

    /// Notes a problem, where the content is still there. - Returns: whether it is the first of the content in this pass.
    static func note(
        _ content: Int64, _ problem: String, at now: Instant, _ transaction: inout Transaction
    ) throws -> Bool {
        try transaction.run(
            """
            INSERT INTO s3_damaged (content, found, problem) SELECT id, ?, ? FROM s3_content WHERE id = ?
            ON CONFLICT (content) DO UPDATE SET found = excluded.found, problem = excluded.problem, is_old = 0
                WHERE is_old = 1
            """, .int(now.milliseconds), .text(problem), .int(content)) > 0
    }

    /// The content was looked at whole: what was not found again is not there any more.
    static func forget(_ content: Int64, _ transaction: inout Transaction) throws {
        try transaction.run("DELETE FROM s3_damaged WHERE content = ? AND is_old = 1", .int(content))
    }
}
