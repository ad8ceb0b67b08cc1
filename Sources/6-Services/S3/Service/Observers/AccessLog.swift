public import Door
import Formats
import HTTP
import S3API
public import Storage
import Synchronization
public import World

/// Writes down, for the owners of buckets, the requests to them: server access logs.
///
/// A record lies in the database before the answer leaves, and goes with the transaction that delivers it. Requests to
/// other buckets cost a look into memory.
/// - Source: S3 User Guide, "Logging requests with server access logging".
public final class AccessLog: RequestLog {
    private let store: Store
    private let log: Log
    private let limit: Int64
    private let watched = Lock<[String: WatchedBucket]>([:])
    /// Whether there may be any; whether what is watched has to be read again.
    private let isAny = Atomic(true)
    private let isStale = Atomic(true)
    private let lost = Atomic<Int64>(0)

    /// - Parameter limit: bytes that may wait for one bucket; what comes beyond is not recorded.
    public init(_ store: Store, _ log: Log, limit: Int64 = 64 << 20) {
        (self.store, self.log, self.limit) = (store, log, limit)
        store.onCommit { [weak self] areas in if areas.contains(.requestLogs) { self?.forget() } }
    }

    /// Whether requests have to be looked at.
    public var isActive: Bool { isAny.load(ordering: .acquiring) || isStale.load(ordering: .acquiring) }

    /// Records that found no room, or that the store did not take, since the start.
    public var lostRecords: Int { Int(lost.load(ordering: .relaxed)) }

    /// Before the change is answered: the next request is watched, or is not any more.
    private func forget() {
        isAny.store(true, ordering: .releasing)
        isStale.store(true, ordering: .releasing)
    }

    /// Nil where the bucket's requests are not logged.
    public func watch(_ bucket: String) -> WatchedBucket? {
        watched.withLock { watched in
            if isStale.exchange(false, ordering: .acquiringAndReleasing) {
                do { watched = try store.read { try AccessLog.watched($0) } } catch {
                    isStale.store(true, ordering: .releasing)
                    log(.error, "it was not found which buckets have server access logs", ["error": "\(error)"])
                }
                isAny.store(!watched.isEmpty, ordering: .releasing)
            }
            return watched[bucket]
        }
    }

    private static func watched(_ snapshot: borrowing Snapshot) throws -> [String: WatchedBucket] {
        let found = try snapshot.rows(
            """
            SELECT b.id, b.name, b.account FROM s3_bucket_logging l JOIN s3_bucket b ON b.id = l.bucket
            WHERE l.ended IS NULL
            """
        ) { WatchedBucket(id: $0.int(0), name: $0.text(1), owner: CanonicalUser.id(of: try .stored($0.text(2)))) }
        return Dictionary(found.map { ($0.name, $0) } + (try points(snapshot))) { first, _ in first }
    }

    /// By the names that requests have for access points of those buckets.
    private static func points(_ snapshot: borrowing Snapshot) throws -> [(String, WatchedBucket)] {
        let found = try snapshot.rows(
            """
            SELECT b.id, b.name, b.account, p.alias, p.account, p.region, p.name,
                EXISTS (SELECT 1 FROM s3_bucket o WHERE o.name = p.name || '-' || p.account)
            FROM s3_bucket_logging l JOIN s3_bucket b ON b.id = l.bucket JOIN s3_access_point p ON p.bucket = b.id
            WHERE l.ended IS NULL
            """
        ) { row in
            let (account, name) = (row.text(4), row.text(6))
            let arn = "arn:aws:s3:\(row.text(5)):\(account):accesspoint/\(name)"
            let bucket = WatchedBucket(
                id: row.int(0), name: row.text(1), owner: CanonicalUser.id(of: try .stored(row.text(2))), point: arn)
            let names = [row.text(3), arn]
            return (names + (row.bool(7) ? [] : ["\(name)-\(account)"])).map { ($0, bucket) }
        }
        return found.flatMap { $0 }
    }

    /// Into the log of each bucket that the request was about.
    public func write(_ request: LoggedRequest) async {
        let lines = lines(request)
        guard !lines.isEmpty else { return }
        do {
            let lost = try await store.write(.written) { [limit] transaction in
                transaction.changesOnlyRecords()
                return try AccessLog.add(lines, at: request.received, limit: limit, &transaction)
            }
            if lost > 0 { lose(lost, "more than enough waits to be delivered") }
        } catch { lose(lines.count, "\(error)") }
    }

    /// The operator is told of the first, and with the metrics of all.
    private func lose(_ count: Int, _ reason: String) {
        let before = lost.wrappingAdd(Int64(count), ordering: .relaxed).oldValue
        if before == 0 { log(.error, "records of server access logs are lost", ["reason": reason]) }
    }

    private struct Line: Sendable {
        let bucket: Int64
        let bytes: [UInt8]
    }

    /// In the logs of the buckets that the request was about when it came, and of no others.
    private func lines(_ request: LoggedRequest) -> [Line] {
        var lines: [Line] = []
        if let bucket = request.bucket {
            let line = LogLine(request, for: bucket)
            lines.append(Line(bucket: bucket.id, bytes: line.whole))
            lines += request.notes.deleted.map { Line(bucket: bucket.id, bytes: line.deleted($0)) }
        }
        guard let operation = request.operation, ["CopyObject", "UploadPartCopy"].contains(operation),
            AccessLog.isOfSource(request.notes.errorCode), let header = request.head.text("x-amz-copy-source"),
            let source = try? CopySource(header), let bucket = watch(source.bucket)
        else { return lines }
        let line = LogLine(request, for: bucket).source(operation, key: source.key, version: source.version)
        return lines + [Line(bucket: bucket.id, bytes: line)]
    }

    /// Whether the copy came to its source; what else goes wrong is not the business of the source's owner.
    private static func isOfSource(_ code: String?) -> Bool {
        code.map { ["AccessDenied", "NoSuchKey", "NoSuchVersion"].contains($0) } ?? true
    }

    /// - Returns: how many found no room.
    private static func add(
        _ lines: [Line], at received: Instant, limit: Int64, _ transaction: inout Transaction
    ) throws -> Int {
        var lost = 0
        for line in lines {
            // A bucket whose logging ended long ago is not there any more.
            let taken = try transaction.run(
                "UPDATE s3_bucket_logging SET pending = pending + ?1 WHERE bucket = ?2 AND pending + ?1 <= ?3",
                .number(line.bytes.count), .int(line.bucket), .int(limit))
            if taken == 1 {
                try transaction.run(
                    "INSERT INTO s3_log_record (bucket, received, line) VALUES (?, ?, ?)", .int(line.bucket),
                    .int(received.milliseconds), .blob(line.bytes))
            } else {
                lost += 1
            }
        }
        return lost
    }
}
