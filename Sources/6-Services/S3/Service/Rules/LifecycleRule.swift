import S3API
import World

/// One rule of a bucket's lifecycle, made ready to be looked at for each object.
///
/// Which keys it is about is asked first, then sizes, and tags last: those have to be looked up.
struct LifecycleRule: Sendable {
    let shape: S3.LifecycleRule
    let prefix: [UInt8]
    let tags: [S3.Tag]
    /// Bytes.
    private let moreThan: Int?
    private let lessThan: Int?

    init(_ shape: S3.LifecycleRule) {
        let (filter, and) = (shape.filter, shape.filter?.and)
        self.shape = shape
        prefix = Array((shape.prefix ?? filter?.prefix ?? and?.prefix ?? "").utf8)
        tags = (filter?.tag).map { [$0] } ?? and?.tags ?? []
        moreThan = filter?.objectSizeGreaterThan ?? and?.objectSizeGreaterThan
        lessThan = filter?.objectSizeLessThan ?? and?.objectSizeLessThan
    }

    var id: String { shape.iD ?? "" }
    var filtersSize: Bool { moreThan != nil || lessThan != nil }

    func concerns(_ key: [UInt8], size: Int64) -> Bool {
        key.starts(with: prefix) && moreThan.map { size > Int64($0) } ?? true
            && lessThan.map { size < Int64($0) } ?? true
    }

    /// Whether an object has all the tags that the rule names. More of them do not matter.
    func concerns(_ given: () throws -> [S3.Tag]) rethrows -> Bool {
        guard !tags.isEmpty else { return true }
        let given = try given()
        return tags.allSatisfy { tag in
            given.contains { $0.key.hasSameBytes(as: tag.key) && $0.value.hasSameBytes(as: tag.value) }
        }
    }

    /// When an object of that time expires; nil where the rule does not let objects expire.
    func expiry(of made: Instant) -> Instant? {
        shape.expiration.flatMap { action in action.date ?? action.days.map { LifecycleDay.end(made, days: $0) } }
    }

    /// When an object of that time is to have another class.
    func moves(of made: Instant) -> [LifecycleMove] {
        (shape.transitions ?? []).compactMap { action in
            guard let next = action.storageClass.flatMap({ ObjectClass(name: $0.rawValue) }),
                let date = action.date ?? action.days.map({ LifecycleDay.end(made, days: $0) })
            else { return nil }
            return LifecycleMove(date: date, next: next)
        }
    }

    /// When a version that another took the place of at that time is removed. - Parameter newer: how many noncurrent ones
    ///   came after it.
    func noncurrentExpiry(since: Instant, newer: Int) -> Instant? {
        guard let action = shape.noncurrentVersionExpiration, let days = action.noncurrentDays,
            newer >= action.newerNoncurrentVersions ?? 0
        else { return nil }
        return LifecycleDay.end(since, days: days)
    }

    /// As `moves`, of a version that another took the place of.
    func noncurrentMoves(since: Instant, newer: Int) -> [LifecycleMove] {
        (shape.noncurrentVersionTransitions ?? []).compactMap { action in
            guard let next = action.storageClass.flatMap({ ObjectClass(name: $0.rawValue) }),
                let days = action.noncurrentDays, newer >= action.newerNoncurrentVersions ?? 0
            else { return nil }
            return LifecycleMove(date: LifecycleDay.end(since, days: days), next: next)
        }
    }

    /// Whether there is anything that it does with noncurrent versions or with delete markers.
    var looksBehind: Bool {
        shape.noncurrentVersionExpiration != nil || shape.noncurrentVersionTransitions != nil || shape.expiration != nil
    }
}

/// A change of class that falls due.
struct LifecycleMove: Sendable {
    let date: Instant
    let next: ObjectClass
}

/// Lifecycles count in days of UTC.
/// - Source: S3 User Guide, "Lifecycle configuration elements", "Lifecycle rules: Based on an object's age".
enum LifecycleDay {
    /// Seconds.
    private static let length: Int64 = 86_400

    /// The number of the day.
    static func of(_ time: Instant) -> Int64 {
        let seconds = time.seconds
        return seconds / length - (seconds % length < 0 ? 1 : 0)
    }

    static func isMidnight(_ time: Instant) -> Bool { time == Instant(seconds: of(time) * length) }

    /// So many days later, rounded to the midnight that comes after. - Parameter days: as many as 32 bits hold.
    static func end(_ time: Instant, days: Int) -> Instant {
        let (day, _) = of(time).addingReportingOverflow(Int64(days) + 1)
        return Instant(seconds: day.multipliedReportingOverflow(by: length).partialValue)
    }
}
