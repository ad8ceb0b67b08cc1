import AWS
import Authorization
public import Blobs
public import Door
import HTTP
public import Observers
import S3API
import Smithy
public import Storage
import Synchronization
public import World

/// Delivers server access logs: what was recorded of one bucket's requests, as an object in the bucket that its owner chose.
///
/// The object and the end of the records are one transaction, so that no record is delivered twice or lost between. A
/// delivery is itself no request to a bucket: no log tells of it, and so none grows by its own deliveries. CloudTrail does.
public final class AccessLogDelivery: Chore {
    /// For the operator.
    public let name = "server access logs"
    private let store: Store
    private let objects: Objects
    private let calls: ServiceCalls
    private let world: World
    private let interval: Int64
    private let limits: DeliveryLimits
    /// Buckets whose delivery failed: it is tried again an interval later.
    private let failed = Pauses<Int64>()
    private let failures = Atomic<Int64>(0)

    static let service = "logging.s3.amazonaws.com"

    /// - Parameter seconds: how long records of a bucket gather.
    public convenience init(
        _ store: Store, _ blobs: any BlobStore, _ cipher: ObjectCipher, names: any PrincipalNames,
        factors: any SecondFactors, _ calls: ServiceCalls, _ world: World, every seconds: Int64
    ) {
        self.init(
            store, Objects(buckets: Buckets(names: names), blobs, cipher, world, factors), calls, world, every: seconds)
    }

    init(
        _ store: Store, _ objects: Objects, _ calls: ServiceCalls, _ world: World, every seconds: Int64,
        limits: DeliveryLimits = DeliveryLimits()
    ) {
        (self.store, self.objects, self.calls, self.world) = (store, objects, calls, world)
        (interval, self.limits) = (seconds * 1000, limits)
    }

    /// Deliveries that failed since the start.
    public var failedDeliveries: Int { Int(failures.load(ordering: .relaxed)) }

    /// Delivers what is due.
    public func tend(_ now: Instant) async throws -> Bool {
        let ready: [BucketLogging] = try store.read { snapshot in try due(now, snapshot) }
        for logging in ready { try await attempt(logging, now) }
        try await removeEnded(now)
        return !ready.isEmpty
    }

    /// The end of the process waits no longer; what is left is delivered after the next start.
    private static let nanosecondsAtEnd: UInt64 = 5_000_000_000

    /// What waits, at the end of the process.
    public func deliverAll() async {
        let now = world.clock.now()
        let end = world.clock.monotonicNanoseconds() + AccessLogDelivery.nanosecondsAtEnd
        do {
            for logging in try store.read({ try AccessLogDelivery.all($0) }).map(\.logging) {
                while world.clock.monotonicNanoseconds() < end, try await attempt(logging, now) {}
            }
        } catch { world.log(.warning, "server access logs wait for the next start", ["reason": "\(error)"]) }
    }

    private struct Waiting {
        let logging: BucketLogging
        let pending: Int64
        /// When the first of the records was made; nil where there are none.
        let oldest: Int64?
    }

    private static func all(_ snapshot: borrowing Snapshot) throws -> [Waiting] {
        try snapshot.rows(
            """
            SELECT bucket, name, account, location, target, prefix, format, grants, pending,
                (SELECT received FROM s3_log_record r WHERE r.bucket = l.bucket ORDER BY r.id LIMIT 1)
            FROM s3_bucket_logging l WHERE pending > 0
            """
        ) { Waiting(logging: try BucketLogging($0), pending: $0.int(8), oldest: $0.intOrNull(9)) }
    }

    private func due(_ now: Instant, _ snapshot: borrowing Snapshot) throws -> [BucketLogging] {
        try AccessLogDelivery.all(snapshot).compactMap { waiting in
            guard let oldest = waiting.oldest, !failed.hold(waiting.logging.bucket, at: now, milliseconds: interval)
            else { return nil }
            // What seems to come from the future was written before the clock was set back.
            let isDue =
                oldest + interval <= now.milliseconds || oldest > now.milliseconds || waiting.pending >= limits.bytes
            return isDue ? waiting.logging : nil
        }
    }

    /// - Returns: whether something was delivered. The operator hears why nothing was.
    @discardableResult
    private func attempt(_ logging: BucketLogging, _ now: Instant) async throws -> Bool {
        let portion = try store.read { try LogPortion(logging, limits, $0) }
        guard !portion.isEmpty else { return false }
        do {
            try await deliver(portion, of: logging, now)
            return true
        } catch {
            failed.begin(logging.bucket, at: now)
            failures.wrappingAdd(1, ordering: .relaxed)
            let reason = (error as? any ServiceError).map { "\($0.code): \($0.message)" } ?? "\(error)"
            world.log(
                .warning, "server access logs are not delivered",
                ["bucket": logging.name, "target": logging.target, "reason": reason])
            return false
        }
    }

    private func deliver(_ portion: LogPortion, of logging: BucketLogging, _ now: Instant) async throws {
        var input = S3.PutObject.Input()
        input.bucket = logging.target
        input.key = logging.key(at: now, of: portion.day, world.identifiers.hexadecimal(16))
        input.contentType = "text/plain"
        input.body = .request(BufferedBody(portion.bytes))
        let operation = DeliverObject(
            objects, check: { try BucketLogging.check($0, of: logging.account, in: logging.location) },
            content: { give in try await give(portion.bytes) },
            also: { target, delivered, transaction in
                try logging.grant(on: target, delivered.content, &transaction)
                try portion.remove(in: &transaction)
            })
        _ = try await calls.perform(
            operation, input, by: AccessLogDelivery.service,
            for: ServiceSource(arn: logging.arn, account: logging.account), in: logging.location.region)
    }

    /// How long what cannot be delivered is kept once logging ended, or its bucket is gone: a day, in milliseconds.
    private static let patience: Int64 = 86_400_000
    /// Records given up in one transaction.
    private static let givenUp: Int64 = 5_000

    /// Forgets buckets that are gone, or whose logging ended, once nothing more can come of them, and what could not be
    /// delivered of them for a day.
    private func removeEnded(_ now: Instant) async throws {
        let (ended, lost) = (now.milliseconds - interval, now.milliseconds - max(interval, AccessLogDelivery.patience))
        let isThere = try store.read { snapshot in
            try snapshot.exists(
                """
                SELECT 1 FROM s3_bucket_logging l LEFT JOIN s3_bucket b ON b.id = l.bucket
                WHERE (l.ended IS NULL AND b.id IS NULL) OR l.ended <= ?2 OR (l.ended <= ?1
                    AND NOT EXISTS (SELECT 1 FROM s3_log_record r WHERE r.bucket = l.bucket)) LIMIT 1
                """, .int(ended), .int(lost))
        }
        guard isThere else { return }
        let count = try await store.write(.written, isReclaiming: true) { transaction in
            transaction.changesOnlyRecords()
            try transaction.run(
                """
                UPDATE s3_bucket_logging SET ended = ?
                WHERE ended IS NULL AND NOT EXISTS (SELECT 1 FROM s3_bucket b WHERE b.id = s3_bucket_logging.bucket)
                """, .int(now.milliseconds))
            let count = try transaction.run(
                """
                DELETE FROM s3_log_record WHERE id IN (
                    SELECT r.id FROM s3_bucket_logging l JOIN s3_log_record r ON r.bucket = l.bucket
                    WHERE l.ended <= ? LIMIT ?)
                """, .int(lost), .int(AccessLogDelivery.givenUp))
            try transaction.run(
                """
                DELETE FROM s3_bucket_logging WHERE ended <= ?
                    AND NOT EXISTS (SELECT 1 FROM s3_log_record r WHERE r.bucket = s3_bucket_logging.bucket)
                """, .int(ended))
            return count
        }
        if count > 0 {
            world.log(
                .warning,
                "records of server access logs are given up: their logging ended, and they could not be delivered",
                ["records": "\(count)"])
        }
    }
}

/// How much is delivered at once.
struct DeliveryLimits: Sendable {
    /// Of one object, and of what waits before it is due early.
    var bytes: Int64 = 4 << 20
    var records = 20_000
}

/// Records that become one object.
private struct LogPortion: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Of all records, where the bucket wants them apart; else of the first.
    private(set) var day: Instant
    private var first: Int64 = 0
    private var last: Int64 = 0
    private var count = 0
    private let bucket: Int64

    var isEmpty: Bool { count == 0 }

    init(_ logging: BucketLogging, _ limits: DeliveryLimits, _ snapshot: borrowing Snapshot) throws {
        (bucket, day) = (logging.bucket, Instant(milliseconds: 0))
        try snapshot.scan(
            "SELECT id, received, line FROM s3_log_record WHERE bucket = ? ORDER BY id LIMIT ?", .int(bucket),
            .number(limits.records)
        ) { row in
            let received = Instant(milliseconds: row.int(1))
            if count == 0 { (first, day) = (row.int(0), received) }
            guard logging.format != .partitionedByEvent || CivilTime(received).isDay(of: CivilTime(day)) else {
                return false
            }
            (last, count) = (row.int(0), count + 1)
            bytes += row.blob(2)
            bytes.append(UInt8(ascii: "\n"))
            return bytes.count < limits.bytes
        }
    }

    /// In the transaction of the delivery. What is not there as it was, was not to be delivered.
    func remove(in transaction: inout Transaction) throws {
        let removed = try transaction.run(
            "DELETE FROM s3_log_record WHERE bucket = ? AND id BETWEEN ? AND ?", .int(bucket), .int(first), .int(last))
        guard removed == count else { throw Failure.unsettled }
        try transaction.run(
            "UPDATE s3_bucket_logging SET pending = max(0, pending - ?) WHERE bucket = ?",
            .number(bytes.count - count), .int(bucket))
    }
}

extension CivilTime {
    fileprivate func isDay(of other: CivilTime) -> Bool { (year, month, day) == (other.year, other.month, other.day) }
}

extension BucketLogging {
    /// The name of a delivered object.
    /// - Parameter day: of its records.
    /// - Source: S3 User Guide, "Logging requests with server access logging", "Log object key format"; S3 API Reference,
    ///   "PartitionedPrefix".
    func key(at now: Instant, of day: Instant, _ unique: String) -> String {
        func text(_ date: CivilTime, _ separator: String) -> String {
            [LogLine.padded(date.year, 4), LogLine.padded(date.month, 2), LogLine.padded(date.day, 2)]
                .joined(separator: separator)
        }
        let date = CivilTime(format == .partitionedByEvent ? day : now)
        let time =
            format == .partitionedByEvent
            ? "00-00-00"
            : [date.hour, date.minute, date.second].map { LogLine.padded($0, 2) }.joined(separator: "-")
        let file = "\(text(date, "-"))-\(time)-\(unique)"
        switch format {
        case .unset, .simple: return prefix + file
        case .partitionedByEvent, .partitionedByDelivery:
            return "\(prefix)\(account)/\(location.region)/\(name)/\(text(date, "/"))/\(file)"
        }
    }

    /// Gives others what the configuration says they may do with a delivered object, where lists count.
    fileprivate func grant(on target: ObjectTarget, _ content: Int64, _ transaction: inout Transaction) throws {
        let bucket = try target.bucket.required()
        guard let grants, target.bucket.lists.ownership.hasLists else { return }
        let owner = ListOwner.account(bucket.account)
        let shown = target.bucket.block.contains(.blockPublicAcls) ? grants.withoutPublic : grants
        let list = AccessControlList(AccessControlList(ownedBy: owner).grants + shown.grants)
        try OwnedObject(owner: owner, list: list).put(of: content, in: bucket, &transaction)
    }
}
