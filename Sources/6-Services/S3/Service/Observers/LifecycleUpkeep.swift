public import Blobs
public import Door
import Formats
public import Observers
import S3API
public import Storage
public import World

/// Carries out the lifecycles of buckets: each is walked over once a day, and when it is new. A portion is looked through,
/// then what is due in it is done in one transaction, which also notes how far the walk has come; so a crash repeats
/// nothing and leaves nothing out. Nothing is kept in memory from one portion to the next.
///
/// What is protected stays: a lock keeps its version, a bucket with MFA Delete all of them. CloudTrail has no records of what
/// lifecycles do, as on AWS; the server's log and its numbers tell it, by the names of S3's server access logs.
/// - Source: S3 User Guide, "Lifecycle and other bucket configurations", "Lifecycle and logging".
public final class LifecycleUpkeep: Chore {
    public let name = "S3 lifecycles"
    private let store: Store
    private let buckets: Buckets
    private let blobs: any BlobStore
    private let log: Log
    private let limits: LifecycleLimits
    /// The bucket whose turn was last: each has a portion, then the next.
    private let last = Lock<Int64>(0)
    private let done = Lock<[LifecycleEvent: Int]>([:])
    /// Buckets whose rows could not be read.
    private let damaged = Pauses<Int64>()
    /// Milliseconds until such a bucket is looked at again.
    private static let rest: Int64 = 3_600_000

    /// - Parameter log: is told what was done, a line for each transaction.
    public init(
        _ store: Store, _ blobs: any BlobStore, _ log: Log, names: any PrincipalNames, limits: LifecycleLimits = .usual
    ) {
        (self.store, self.blobs, self.log, self.limits) = (store, blobs, log, limits)
        buckets = Buckets(names: names)
    }

    /// How much was done since the start, by the names of S3's server access logs.
    public var counts: [(event: String, count: Int)] {
        let done = done.withLock { $0 }
        return LifecycleEvent.allCases.map { ($0.rawValue, done[$0] ?? 0) }
    }

    /// One portion of one bucket.
    public func tend(_ now: Instant) async throws -> Bool {
        guard let bucket = try store.read({ try next(now, $0) }) else { return false }
        do { return try await tend(bucket, now) } catch let error where error is Damaged || error is JSONError {
            // The others are not to wait for somebody to mend this one.
            damaged.begin(bucket, at: now)
            log(
                .error, "a lifecycle rests, for rows of its bucket cannot be read; gatehouse doctor says more",
                ["bucket": "\(bucket)", "reason": "\(error)"])
            return true
        }
    }

    private func tend(_ bucket: Int64, _ now: Instant) async throws -> Bool {
        guard let (pass, walk, portion) = try store.read({ try look(at: bucket, now, $0) }) else { return false }
        guard !portion.isEmpty else {
            // What frees room comes later on the way.
            try await store.write(.written, isReclaiming: true) { transaction in
                transaction.changesOnlyRecords()
                guard try LifecyclePass.find(pass.bucket, transaction.snapshot) == pass else { return }
                try portion.after.save(in: &transaction)
            }
            return true
        }
        let outdated = Outdated()
        let events = try await store.write(.synced, isReclaiming: true) { [buckets, limits] transaction in
            outdated.reset()
            guard try LifecyclePass.find(pass.bucket, transaction.snapshot) == pass,
                let bucket = try buckets.find(pass.name, in: transaction.snapshot).bucket, bucket.id == pass.bucket
            else { return [LifecycleEvent: Int]() }
            var work = LifecycleWork(
                walk: LifecycleWalk(bucket: bucket, rules: walk.rules, now: now, limits: limits), outdated: outdated)
            try work.carryOut(portion, &transaction)
            return work.events
        }
        await outdated.remove(from: blobs, log)
        tell(events, in: pass.name)
        return true
    }

    /// Whose turn it is, of the buckets in their order; nil where nothing is left to do today.
    private func next(_ now: Instant, _ snapshot: borrowing Snapshot) throws -> Int64? {
        let day = LifecycleDay.of(now)
        func first(after bucket: Int64) throws -> Int64? {
            var last = bucket
            while let found = try LifecyclePass.due(on: day, after: last, snapshot) {
                if !damaged.hold(found, at: now, milliseconds: LifecycleUpkeep.rest) { return found }
                last = found
            }
            return nil
        }
        let last = last.withLock { $0 }
        let found = try first(after: last) ?? first(after: 0)
        if let found { self.last.withLock { $0 = found } }
        return found
    }

    /// What is next in a bucket.
    private func look(at bucket: Int64, _ now: Instant, _ snapshot: borrowing Snapshot) throws -> (
        LifecyclePass, LifecycleWalk, LifecycleWalk.Portion
    )? {
        let day = LifecycleDay.of(now)
        guard let pass = try LifecyclePass.find(bucket, snapshot),
            let bucket = try buckets.find(pass.name, in: snapshot).bucket
        else { return nil }
        let walk = LifecycleWalk(
            bucket: bucket,
            rules: try LifecycleRules.read(pass.rules, minimum: pass.minimum, of: bucket.id, snapshot), now: now,
            limits: limits)
        return (pass, walk, try walk.look(pass.begun(on: day), snapshot))
    }

    private func tell(_ events: [LifecycleEvent: Int], in bucket: String) {
        guard !events.isEmpty else { return }
        done.withLock { done in
            for (event, count) in events { done[event, default: 0] += count }
        }
        let counts = LifecycleEvent.allCases.compactMap { event in events[event].map { "\(event.rawValue) \($0)" } }
        log(.info, "a lifecycle was carried out", ["bucket": bucket, "done": counts.joined(separator: ", ")])
    }
}

/// What a lifecycle did, as S3's server access logs name it.
enum LifecycleEvent: String, CaseIterable, Sendable {
    case expired = "S3.EXPIRE.OBJECT"
    case marked = "S3.CREATE.DELETEMARKER"
    case movedToStandardIA = "S3.TRANSITION_SIA.OBJECT"
    case movedToOneZoneIA = "S3.TRANSITION_ZIA.OBJECT"
    case movedToIntelligentTiering = "S3.TRANSITION_INT.OBJECT"
    case movedToGlacierInstantRetrieval = "S3.TRANSITION_GIR.OBJECT"
    case endedUpload = "S3.DELETE.UPLOAD"

    /// Nil for classes that nothing moves to.
    init?(moveTo next: ObjectClass) {
        switch next {
        case .standardIA: self = .movedToStandardIA
        case .oneZoneIA: self = .movedToOneZoneIA
        case .intelligentTiering: self = .movedToIntelligentTiering
        case .glacierInstantRetrieval: self = .movedToGlacierInstantRetrieval
        case .standard, .reducedRedundancy: return nil
        }
    }
}
