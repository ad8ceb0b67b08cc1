import S3API
import Storage
import World

/// Does in one transaction what a look found due, where it still is.
struct LifecycleWork {
    let walk: LifecycleWalk
    let outdated: Outdated
    private(set) var events: [LifecycleEvent: Int] = [:]

    init(walk: LifecycleWalk, outdated: Outdated) { (self.walk, self.outdated) = (walk, outdated) }

    /// Notes how far it came: what it leaves, it leaves to the next.
    mutating func carryOut(_ portion: LifecycleWalk.Portion, _ transaction: inout Transaction) throws {
        var after = portion.after
        for (index, found) in portion.versions.enumerated() {
            try act(on: found.key, at: found.place, &transaction)
            guard outdated.parts >= walk.limits.parts, index + 1 < portion.versions.count else { continue }
            after = portion.before
            (after.key, after.place) = (found.key, found.place)
            break
        }
        for (index, found) in portion.uploads.enumerated() {
            try end(found.key, found.id, &transaction)
            guard outdated.parts >= walk.limits.parts, index + 1 < portion.uploads.count else { continue }
            after = portion.before
            (after.key, after.upload) = (found.key, found.id.bytes)
            break
        }
        try after.save(in: &transaction)
    }

    /// All that is due of a version. A class changes before a marker is put on it; a marker that nothing is left behind of is
    /// looked at once more.
    private mutating func act(on key: [UInt8], at place: Int64, _ transaction: inout Transaction) throws {
        // From one class to another there are three steps at most.
        for _ in 0..<4 {
            guard let (version, isListed) = try StoredVersion.find(key, at: place, in: bucket, transaction.snapshot),
                let action = try walk.action(on: version, isListed: isListed, transaction.snapshot)
            else { return }
            switch action {
            case .move(let next):
                guard let object = version.object, let event = LifecycleEvent(moveTo: next) else { return }
                try object.move(to: next, in: &transaction)
                count(event)
            case .expire: return try expire(version, &transaction)
            case .remove:
                try remove(version, &transaction)
                return try removeLoneMarker(of: key, &transaction)
            }
        }
    }

    private var bucket: Bucket { walk.bucket }

    private func stack(_ key: [UInt8]) -> VersionStack {
        VersionStack(of: String(decoding: key, as: UTF8.self), in: bucket, at: walk.now)
    }

    private mutating func count(_ event: LifecycleEvent) { events[event, default: 0] += 1 }

    /// Whether a lock keeps it.
    private func isKept(_ version: StoredVersion, _ transaction: borrowing Transaction) throws -> Bool {
        guard bucket.lock != nil, let object = version.object else { return false }
        return try ObjectLock.find(object.content, transaction.snapshot).keeps(at: walk.now)
    }

    private mutating func expire(_ version: StoredVersion, _ transaction: inout Transaction) throws {
        let isLost = version.isLost(in: bucket.versioning)
        guard try !isLost || !isKept(version, transaction) else { return }
        let deletion = try stack(version.key).delete(noting: outdated, replicates: false, in: &transaction)
        count(deletion.isMarker ? .marked : .expired)
    }

    private mutating func remove(_ version: StoredVersion, _ transaction: inout Transaction) throws {
        guard try !isKept(version, transaction) else { return }
        _ = try stack(version.key).remove(VersionName(version.version), noting: outdated, in: &transaction)
        count(.expired)
    }

    private mutating func removeLoneMarker(of key: [UInt8], _ transaction: inout Transaction) throws {
        guard let latest = try StoredVersion.latest(of: key, in: bucket, transaction.snapshot), latest.marker != nil,
            try walk.action(on: latest, isListed: false, transaction.snapshot) == .remove
        else { return }
        try remove(latest, &transaction)
    }

    private mutating func end(_ key: [UInt8], _ id: UploadID, _ transaction: inout Transaction) throws {
        let name = String(decoding: key, as: UTF8.self)
        guard let upload = try Upload.find(id.text, to: name, in: bucket, transaction.snapshot), walk.isDue(upload)
        else { return }
        try upload.abort(noting: outdated, &transaction)
        count(.endedUpload)
    }
}

extension ObjectLock {
    /// Whether the version stays, whoever wants to remove it: nobody here may bypass anything.
    func keeps(at now: Instant) -> Bool { isHeld == true || lasting(at: now) != nil }
}
