import Door
import S3API
import Smithy
import World

/// The lock that comes with what is stored: by the request's headers, or by the bucket's default.
/// - Source: S3 API Reference, "PutObject"; errors as S3 was seen to answer (LocalStack's validated tests, `test_s3.py`).
struct UploadLock: Sendable {
    let mode: S3.ObjectLockMode?
    let until: Instant?
    let hold: S3.ObjectLockLegalHoldStatus?

    private static let (modeHeader, untilHeader) = ("x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date")

    /// As the policies see it; a request that is refused later may show less.
    func keys(at now: Instant) -> [ConditionEntry] {
        var keys: [ConditionEntry] = []
        if let mode, let until, let known = ObjectLock.Mode(mode.rawValue) {
            keys += ObjectLock.Retention(mode: known, until: until).keys(at: now)
        } else {
            if let mode { keys.append(ConditionEntry(.s3ObjectLockMode, mode.rawValue)) }
            if let until { keys.append(ConditionEntry(.s3ObjectLockRetainUntilDate, until.iso8601)) }
        }
        if let hold { keys.append(ConditionEntry(.s3ObjectLockLegalHold, hold.rawValue)) }
        return keys
    }

    /// What the headers need besides the leave to store.
    func asks(of target: ObjectTarget, at now: Instant) throws -> [Ask] {
        var asks: [Ask] = []
        if mode != nil || until != nil {
            let keys = UploadLock(mode: mode, until: until, hold: nil).keys(at: now)
            asks.append(try target.ask("PutObjectRetention", keys: keys))
        }
        if let hold {
            asks.append(
                try target.ask("PutObjectLegalHold", keys: [ConditionEntry(.s3ObjectLockLegalHold, hold.rawValue)]))
        }
        return asks
    }

    /// The lock of the object that is stored now. - Parameter hasDigest: whether the content's digest came, or none is needed.
    func lock(in bucket: Bucket, at now: Instant, hasDigest: Bool) throws -> ObjectLock {
        var lock = try given(in: bucket, at: now)
        if lock.retention == nil { lock.retention = bucket.lock?.retention(at: now) }
        guard lock == .none || hasDigest else { throw UploadLock.undigested("Object") }
        return lock
    }

    static func undigested(_ what: StaticString) -> S3.InvalidRequest {
        S3.InvalidRequest(
            message: "Content-MD5 OR x-amz-checksum- HTTP header is required for Put \(what) requests with Object Lock "
                + "parameters")
    }

    /// What the headers say, in a bucket that can keep it.
    func given(in bucket: Bucket, at now: Instant) throws -> ObjectLock {
        if mode != nil || until != nil || hold != nil { _ = try bucket.requiredLock() }
        return bucket.lock == nil ? .none : try asked(at: now)
    }

    private func asked(at now: Instant) throws -> ObjectLock {
        var lock = ObjectLock.none
        switch (mode, until) {
        case (nil, nil): break
        case (let mode?, let until?):
            guard let known = ObjectLock.Mode(mode.rawValue) else {
                throw Refused.argument(UploadLock.modeHeader, mode.rawValue, "Unknown wormMode directive.")
            }
            guard now < until else {
                throw Refused.argument(
                    UploadLock.untilHeader, until.iso8601, "The retain until date must be in the future!")
            }
            lock.retention = ObjectLock.Retention(mode: known, until: until)
        default:
            throw S3.InvalidArgument(
                message: "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
                fields: [.init("ArgumentName", mode == nil ? UploadLock.modeHeader : UploadLock.untilHeader)])
        }
        guard let hold else { return lock }
        guard [.on, .off].contains(hold) else {
            throw Refused.argument(
                "x-amz-object-lock-legal-hold", hold.rawValue, "Legal Hold must be either of 'ON' or 'OFF'")
        }
        lock.isHeld = hold == .on
        return lock
    }
}
