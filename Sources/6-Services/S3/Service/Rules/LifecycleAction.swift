import S3API
import World

/// What a lifecycle does with one version.
enum LifecycleAction: Equatable, Sendable {
    /// As a DELETE of the key: in a bucket with versions a marker becomes current.
    case expire
    /// The version goes for good.
    case remove
    case move(to: ObjectClass)
}

/// Where a version stands among those of its key.
struct VersionStanding: Sendable {
    let isCurrent: Bool
    /// Whether the key has no other.
    let isAlone: Bool
    /// When the one above it was made; nil for the current one.
    let since: Instant?
    /// How many noncurrent versions with content are newer.
    let newer: Int
}

extension LifecycleRules {
    /// What is to be done with a version now; what goes for good need not change its class before, and what changes its class
    /// does so before a marker is put on it.
    ///
    /// - Parameters:
    ///   - isListed: whether it is the current object.
    ///   - isPermanent: whether expiring it removes it for good.
    ///   - tags: looked up only where a rule asks for them, as is `standing`.
    /// - Source: S3 User Guide, "Expiring objects", "Lifecycle and versioning".
    func action(
        on version: StoredVersion, isListed: Bool, isPermanent: Bool, at now: Instant,
        tags: () throws -> [S3.Tag], standing: () throws -> VersionStanding
    ) throws -> LifecycleAction? {
        let size = version.object?.size ?? 0
        let concerned = rules.filter { $0.concerns(version.key, size: size) }
        guard !concerned.isEmpty else { return nil }
        if isListed, let object = version.object {
            return try current(object, concerned, isPermanent: isPermanent, at: now, tags)
        }
        // A version cannot have been noncurrent for longer than it is there.
        let made = version.object?.modified ?? version.marker?.modified ?? now
        let may = concerned.filter { rule in
            rule.looksBehind && (version.marker != nil || rule.mayBeDue(behind: made, at: now))
        }
        guard !may.isEmpty else { return nil }
        let standing = try standing()
        guard let since = standing.since, !standing.isCurrent else {
            guard let marker = version.marker, standing.isAlone else { return nil }
            return may.contains { $0.removes(loneMarker: marker, at: now) } ? .remove : nil
        }
        return try noncurrent(version, may, since, standing.newer, at: now, tags)
    }

    private func current(
        _ object: StoredObject, _ rules: [LifecycleRule], isPermanent: Bool, at now: Instant,
        _ tags: () throws -> [S3.Tag]
    ) throws -> LifecycleAction? {
        let expires = try rules.contains { rule in
            try rule.expiry(of: object.modified).map { $0 <= now } ?? false && rule.concerns(tags)
        }
        if expires, isPermanent { return .expire }
        let moves = try rules.flatMap { rule in
            try due(rule.moves(of: object.modified), rule, object, at: now, tags)
        }
        return LifecycleRules.chosen(moves) ?? (expires ? .expire : nil)
    }

    private func noncurrent(
        _ version: StoredVersion, _ rules: [LifecycleRule], _ since: Instant, _ newer: Int, at now: Instant,
        _ tags: () throws -> [S3.Tag]
    ) throws -> LifecycleAction? {
        let ends = try rules.contains { rule in
            try rule.noncurrentExpiry(since: since, newer: newer).map { $0 <= now } ?? false && rule.concerns(tags)
        }
        if ends { return .remove }
        guard let object = version.object else { return nil }
        return LifecycleRules.chosen(
            try rules.flatMap { rule in
                try due(rule.noncurrentMoves(since: since, newer: newer), rule, object, at: now, tags)
            })
    }

    /// Bytes; smaller objects keep their class, unless the rule itself speaks of sizes.
    /// - Source: S3 API Reference, "PutBucketLifecycleConfiguration", `x-amz-transition-default-minimum-object-size`: both
    ///   settings are alike for classes that are no archives.
    static let leastMoved: Int64 = 128 * 1024

    private func due(
        _ moves: [LifecycleMove], _ rule: LifecycleRule, _ object: StoredObject, at now: Instant,
        _ tags: () throws -> [S3.Tag]
    ) throws -> [LifecycleMove] {
        guard rule.filtersSize || object.size >= LifecycleRules.leastMoved else { return [] }
        let due = moves.filter { $0.date <= now && object.storageClass.becomes($0.next) }
        return try !due.isEmpty && rule.concerns(tags) ? due : []
    }

    /// What fell due last; of what fell due at once, what S3 prefers.
    private static func chosen(_ moves: [LifecycleMove]) -> LifecycleAction? {
        let last = moves.max { ($0.date, $0.next.preference) < ($1.date, $1.next.preference) }
        return last.map { .move(to: $0.next) }
    }
}

extension LifecycleRule {
    /// Whether something may be due for a noncurrent version that was made then.
    fileprivate func mayBeDue(behind made: Instant, at now: Instant) -> Bool {
        noncurrentExpiry(since: made, newer: .max).map { $0 <= now } ?? false
            || noncurrentMoves(since: made, newer: .max).contains { $0.date <= now }
    }

    /// A marker that nothing lies behind hides nothing. It has no tags.
    /// - Source: S3 User Guide, "Lifecycle configuration elements", "Expiration action element"; "Examples of S3 Lifecycle
    ///   configuration", "Removing expired object delete markers".
    fileprivate func removes(loneMarker marker: DeleteMarker, at now: Instant) -> Bool {
        guard tags.isEmpty else { return false }
        return shape.expiration?.expiredObjectDeleteMarker == true
            || expiry(of: marker.modified).map { $0 <= now } ?? false
    }
}
