import Door
import S3API
import World

/// What keeps a version from being removed: a retention, which ends by itself, and a hold, which somebody has to end.
/// - Source: S3 User Guide, "Locking objects with Object Lock".
struct ObjectLock: Sendable, Equatable {
    enum Mode: Int64, Sendable {
        /// Whoever may bypass it, and says so, ends it early.
        case governance = 1
        /// Nobody ends it early, the root user included.
        case compliance = 2

        /// Nil for a mode that S3 does not have.
        init?(_ name: String?) {
            switch name {
            case "GOVERNANCE": self = .governance
            case "COMPLIANCE": self = .compliance
            default: return nil
            }
        }

        var name: String { self == .governance ? "GOVERNANCE" : "COMPLIANCE" }
    }

    struct Retention: Sendable, Equatable {
        var mode: Mode
        var until: Instant
    }

    var retention: Retention?
    /// Nil where nobody ever said whether there is one.
    var isHeld: Bool?
    /// Of a replica: whether it is held because its source is, and for no other reason. Such a hold ends with the source's.
    var isHoldOfSource = false

    static let none = ObjectLock()

    /// The retention, while it lasts.
    func lasting(at now: Instant) -> Retention? {
        guard let retention, now < retention.until else { return nil }
        return retention
    }

    /// As somebody says of this very version.
    mutating func hold(_ isHeld: Bool) { (self.isHeld, isHoldOfSource) = (isHeld, false) }

    /// Of a replica, as it is with its source. What the destination holds itself stays held.
    mutating func follow(_ source: Bool?) {
        guard isHeld != true || isHoldOfSource else { return }
        (isHeld, isHoldOfSource) = (source, source == true)
    }

    /// Throws unless the version may be removed. - Parameter bypasses: whether a governing retention is to be passed by,
    /// by somebody who may.
    func checkRemoval(at now: Instant, bypasses: Bool) throws {
        if isHeld == true { throw ObjectLock.inForce }
        guard let retention = lasting(at: now) else { return }
        guard retention.mode == .governance, bypasses else { throw ObjectLock.inForce }
    }

    /// Throws unless this retention may take the place of the present one: without a bypass it may only grow.
    /// - Parameter next: nil takes it away.
    func checkChange(to next: Retention?, at now: Instant, bypasses: Bool) throws {
        guard needsBypass(for: next, at: now) else { return }
        guard lasting(at: now)?.mode == .governance, bypasses else { throw ObjectLock.inForce }
    }

    /// Whether the change would end or weaken a retention that lasts.
    func needsBypass(for next: Retention?, at now: Instant) -> Bool {
        guard let lasting = lasting(at: now) else { return false }
        guard let next else { return true }
        return next.mode != lasting.mode || next.until < lasting.until
    }

    /// Whether a retention lasts that may be bypassed.
    func governs(at now: Instant) -> Bool { lasting(at: now)?.mode == .governance }

    static let inForce = AccessDenied("Access Denied because object protected by object lock.")
    static let unset = S3Refusal(
        "NoSuchObjectLockConfiguration", 404, "The specified object does not have a ObjectLock configuration")
}

extension ObjectLock.Retention {
    /// What policies see of a retention that is asked for. Days that have begun count whole.
    /// - Source: Service Authorization Reference, Amazon S3, condition keys.
    func keys(at now: Instant) -> [ConditionEntry] {
        let span = until.milliseconds - now.milliseconds
        let day: Int64 = 86_400_000
        let days = span / day + (span % day > 0 ? 1 : 0)
        return [
            ConditionEntry(.s3ObjectLockMode, mode.name),
            ConditionEntry(.s3ObjectLockRetainUntilDate, until.iso8601),
            ConditionEntry(.s3ObjectLockRemainingRetentionDays, String(days)),
        ]
    }
}
