import S3API
import Storage
import World

/// Locks, as they are stored beside the contents that have them: a version that moves takes its lock along.
extension ObjectLock {
    /// The numbers are never to be changed.
    private enum Hold: Int64 {
        case none = 0
        case own = 1
        case ofSource = 2
    }

    /// `none` where nobody ever locked it.
    static func find(_ content: Int64, _ snapshot: borrowing Snapshot) throws -> ObjectLock {
        let found = try snapshot.first(
            "SELECT mode, retain_until, legal_hold FROM s3_lock WHERE content = ?", .int(content)
        ) { row in
            var lock = ObjectLock()
            if let hold = row.intOrNull(2) {
                // No other number is an end of the hold.
                lock.isHeld = hold != Hold.none.rawValue
                lock.isHoldOfSource = hold == Hold.ofSource.rawValue
            }
            guard let number = row.intOrNull(0) else { return lock }
            guard let mode = Mode(rawValue: number), let until = row.intOrNull(1) else {
                throw Damaged.object(content)
            }
            lock.retention = Retention(mode: mode, until: Instant(milliseconds: until))
            return lock
        }
        return found ?? .none
    }

    /// Takes the place of the one there was. Whether it may is asked before: `checkChange`.
    func put(on content: Int64, in transaction: inout Transaction) throws {
        guard self != .none else {
            try transaction.run("DELETE FROM s3_lock WHERE content = ?", .int(content))
            return
        }
        try transaction.run(
            """
            INSERT INTO s3_lock (content, mode, retain_until, legal_hold) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (content) DO UPDATE SET mode = ?2, retain_until = ?3, legal_hold = ?4
            """, .int(content), .intOrNull(retention?.mode.rawValue), .intOrNull(retention?.until.milliseconds),
            .intOrNull(isHeld.map { ($0 ? isHoldOfSource ? Hold.ofSource : .own : .none).rawValue }))
    }
}

extension Bucket {
    /// Throws where a lock keeps the content. In a bucket without Object Lock there are none.
    func checkRemoval(of content: Int64, at now: Instant, bypasses: Bool, in transaction: borrowing Transaction) throws
    {
        guard lock != nil else { return }
        try ObjectLock.find(content, transaction.snapshot).checkRemoval(at: now, bypasses: bypasses)
    }
}
