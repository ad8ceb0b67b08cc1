import S3API
import Smithy
import Storage
import World

/// Object Lock of a bucket that has it, which it cannot lose again.
/// - Source: S3 API Reference, "PutObjectLockConfiguration", "DefaultRetention"; errors as S3 was seen to answer
///   (LocalStack's validated tests, `test_s3_api.py`), that of a period below one as Ceph's s3-tests expect it.
struct BucketLock: Sendable, Equatable {
    /// What objects are retained for that are stored without a retention of their own.
    struct Default: Sendable, Equatable {
        var mode: ObjectLock.Mode
        var period: Period
    }

    enum Period: Sendable, Equatable {
        case days(Int64)
        case years(Int64)

        /// A year counts 365 days.
        fileprivate var days: Int64 {
            switch self {
            case .days(let days): days
            case .years(let years): years * 365
            }
        }
    }

    /// Nil where there is none.
    var retention: Default?

    private static let (mostDays, mostYears) = (36_500, 100)

    init(retention: Default? = nil) { self.retention = retention }

    /// - Throws: what S3 answers to a configuration that is none.
    init(_ configuration: S3.ObjectLockConfiguration?) throws {
        guard let configuration, configuration.objectLockEnabled == .enabled else { throw Refused.malformedXML }
        guard let rule = configuration.rule else {
            self.init()
            return
        }
        guard let wanted = rule.defaultRetention, let mode = ObjectLock.Mode(wanted.mode?.rawValue) else {
            throw Refused.malformedXML
        }
        switch (wanted.days, wanted.years) {
        case (let days?, nil):
            try BucketLock.check(days, "Days", BucketLock.mostDays)
            self.init(retention: Default(mode: mode, period: .days(Int64(days))))
        case (nil, let years?):
            try BucketLock.check(years, "Years", BucketLock.mostYears)
            self.init(retention: Default(mode: mode, period: .years(Int64(years))))
        default: throw Refused.malformedXML
        }
    }

    private static func check(_ count: Int, _ name: String, _ most: Int) throws {
        guard count > 0 else {
            throw S3Refusal(
                "InvalidRetentionPeriod", 400, "Default retention period must be a positive integer value.")
        }
        guard count <= most else {
            throw Refused.argument(name, String(count), "Default retention period in \(name) can be at most \(most).")
        }
    }

    /// The lock of an object that is stored now and brings no retention.
    func retention(at now: Instant) -> ObjectLock.Retention? {
        retention.map { ObjectLock.Retention(mode: $0.mode, until: now + .seconds($0.period.days * 86_400)) }
    }

    var shape: S3.ObjectLockConfiguration {
        var shape = S3.ObjectLockConfiguration(objectLockEnabled: .enabled)
        guard let retention else { return shape }
        var wanted = S3.DefaultRetention(mode: .init(rawValue: retention.mode.name))
        switch retention.period {
        case .days(let days): wanted.days = Int(days)
        case .years(let years): wanted.years = Int(years)
        }
        shape.rule = S3.ObjectLockRule(defaultRetention: wanted)
        return shape
    }
}

/// As rows of `s3_bucket` have it.
extension BucketLock {
    /// - Parameter first: the column `object_lock`; `lock_mode`, `lock_days` and `lock_years` follow. Nil where the bucket
    ///   has no Object Lock.
    init?(_ row: borrowing Row, at first: Int) throws {
        guard row.bool(first) else { return nil }
        guard let number = row.intOrNull(first + 1) else {
            self.init()
            return
        }
        guard let mode = ObjectLock.Mode(rawValue: number) else { throw Damaged.bucket(row.int(0)) }
        if let days = row.intOrNull(first + 2) {
            self.init(retention: Default(mode: mode, period: .days(days)))
        } else if let years = row.intOrNull(first + 3) {
            self.init(retention: Default(mode: mode, period: .years(years)))
        } else {
            throw Damaged.bucket(row.int(0))
        }
    }
}

extension Bucket {
    /// From then on; there is no way back.
    func setLock(_ lock: BucketLock, in transaction: inout Transaction) throws {
        let (days, years): (Int64?, Int64?) =
            switch lock.retention?.period {
            case .days(let days)?: (days, nil)
            case .years(let years)?: (nil, years)
            case nil: (nil, nil)
            }
        try transaction.run(
            "UPDATE s3_bucket SET object_lock = 1, lock_mode = ?, lock_days = ?, lock_years = ? WHERE id = ?",
            .intOrNull(lock.retention?.mode.rawValue), .intOrNull(days), .intOrNull(years), .int(id))
    }

    /// The bucket's Object Lock, or the refusal of what only a bucket that has it can do.
    func requiredLock() throws -> BucketLock {
        guard let lock else { throw S3.InvalidRequest(message: "Bucket is missing Object Lock Configuration") }
        return lock
    }
}
