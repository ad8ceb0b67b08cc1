public import AWS
public import Authentication
public import Blobs
public import Door
public import Observers
import S3API
import Smithy
public import Storage
public import World

/// Takes on the roles that buckets name for their replication.
public protocol ReplicationRoles: Sendable {
    /// Keys of a session of the role, which S3 takes on for a bucket.
    /// - Parameter bucket: its ARN and whose it is.
    /// - Throws: `AccessDenied` where the role does not trust S3, or is gone.
    func credential(ofRole arn: String, for bucket: ServiceSource, in region: Region) async throws -> Credential
}

/// Replicates what was noted to be replicated: each version by a call of its own, with a session of the role that the bucket's
/// rules name.
///
/// What is done is done in one transaction with the note of it, so a crash leaves a version either to be replicated or replicated.
/// What may pass is tried again, later each time; what cannot is given up, and the object's status tells so. Every bucket that
/// has something to replicate gets its turn.
public struct Replicator: Chore {
    public let name = "replication"
    private let store: Store
    private let objects: Objects
    private let calls: ServiceCalls
    private let roles: any ReplicationRoles
    private let state = Lock(State())

    private struct State {
        /// The bucket that had the last turn.
        var bucket: Int64 = 0
        /// When what came of a try could not be noted.
        var failed: Instant?
        var sessions: [String: Session] = [:]
    }

    private struct Session {
        let credential: Credential
        let until: Instant
    }

    /// How many versions are replicated at a time.
    private static let atOnce = 8
    /// How often a version is tried: for about half a day.
    private static let attempts = 20
    /// Seconds of rest after an outcome that could not be noted.
    private static let rest: Int64 = 10
    /// Seconds for which a session of a role is used. Its policies are asked each time.
    private static let sessionSeconds: Int64 = 60

    /// - Parameter calls: where its calls are made. - Parameter roles: where the sessions come from.
    public init(
        _ store: Store, _ world: World, _ blobs: any BlobStore, _ cipher: ObjectCipher, names: any PrincipalNames,
        factors: any SecondFactors, calls: ServiceCalls, roles: any ReplicationRoles
    ) {
        let objects = Objects(
            buckets: Buckets(names: names), blobs: blobs, cipher: cipher, log: world.log,
            factor: DeletionFactor(factors: factors))
        self.init(store, objects, calls, roles)
    }

    init(_ store: Store, _ objects: Objects, _ calls: ServiceCalls, _ roles: any ReplicationRoles) {
        (self.store, self.objects, self.calls, self.roles) = (store, objects, calls, roles)
    }

    public func tend(_ now: Instant) async throws -> Bool {
        let (last, failed) = state.withLock { ($0.bucket, $0.failed) }
        if let failed, failed <= now, now < failed + .seconds(Replicator.rest) { return false }
        let (tasks, damaged, looked) = try store.read {
            try ReplicationTask.due(at: now, after: last, limit: Replicator.atOnce, $0)
        }
        state.withLock { ($0.bucket, $0.failed) = (looked, nil) }
        if !damaged.isEmpty { try await putOff(damaged, now) }
        guard !tasks.isEmpty else { return !damaged.isEmpty }
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in tasks { group.addTask { try await carryOut(task, now) } }
                try await group.waitForAll()
            }
        } catch {
            // The store takes nothing: nothing is copied in vain until it may again.
            state.withLock { $0.failed = now }
            throw error
        }
        return true
    }

    private func putOff(_ damaged: [Int64], _ now: Instant) async throws {
        objects.log(
            .error, "rows of what is to be replicated cannot be read; they rest, and the rest of their keys with them",
            ["rows": damaged.map(String.init).joined(separator: ", ")])
        try await store.write(.written, isReclaiming: true) { transaction in
            try ReplicationTask.postpone(damaged, at: now, &transaction)
        }
    }

    /// - Throws: where the outcome could not be noted; the task is then there as before.
    private func carryOut(_ task: ReplicationTask, _ now: Instant) async throws {
        do { try await replicate(task, now) } catch { try await note(error, of: task, now) }
    }

    private func replicate(_ task: ReplicationTask, _ now: Instant) async throws {
        let operation = ReplicateVersion(objects: objects, task: task)
        let input = S3.PutObject.Input(bucket: task.destination, key: task.keyText)
        guard let plan = try plan(task) else { throw ReplicationFailure.ruleIsGone }
        let region = plan.destination
        if let kept = kept(plan, now) {
            do {
                _ = try await calls.perform(operation, input, as: kept, by: Replicator.service, in: region)
                return
            } catch is AccessDenied {
                // The role may be another one by now.
                state.withLock { _ = $0.sessions.removeValue(forKey: plan.session) }
            }
        }
        _ = try await calls.perform(
            operation, input, as: try await session(plan, now), by: Replicator.service, in: region)
    }

    private static let service = "s3.amazonaws.com"

    private struct Plan {
        let role: String
        let bucket: Bucket
        /// Where the replica is to lie.
        let destination: Region

        /// Whose session it is: a trust policy may ask for which bucket.
        var session: String { "\(bucket.id) \(role)" }
    }

    /// Nil where the source has no rules any more. What fails for other reasons than the role's rights fails here, before a role
    /// is taken on for it.
    private func plan(_ task: ReplicationTask) throws -> Plan? {
        try store.read { snapshot in
            guard let bucket = try objects.buckets.find(task.bucketName, in: snapshot).bucket, bucket.id == task.bucket,
                let rules = try bucket.replicationRules(snapshot), rules.rule(task.rule, to: task.destination) != nil
            else { return nil }
            guard try StoredVersion.find(.id(task.version), of: task.key, in: bucket, snapshot) != nil else {
                throw ReplicationFailure.sourceIsGone
            }
            guard let destination = try objects.buckets.find(task.destination, in: snapshot).bucket else {
                throw ReplicationFailure.noDestination(task.destination)
            }
            return Plan(role: rules.role, bucket: bucket, destination: destination.region)
        }
    }

    /// Of a session that began a moment ago.
    private func kept(_ plan: Plan, _ now: Instant) -> Credential? {
        let kept = state.withLock { $0.sessions[plan.session] }
        guard let kept, now < kept.until, now + .seconds(Replicator.sessionSeconds) >= kept.until else { return nil }
        return kept.credential
    }

    private func session(_ plan: Plan, _ now: Instant) async throws -> Credential {
        do {
            let credential = try await roles.credential(
                ofRole: plan.role, for: ServiceSource(arn: plan.bucket.arn, account: plan.bucket.account),
                in: plan.bucket.region)
            let session = Session(credential: credential, until: now + .seconds(Replicator.sessionSeconds))
            state.withLock { state in
                state.sessions = state.sessions.filter { now < $0.value.until }
                state.sessions[plan.session] = session
            }
            return credential
        } catch let denied as AccessDenied {
            throw ReplicationFailure.roleRefused(plan.role, denied.message)
        }
    }

    private func note(_ error: any Error, of task: ReplicationTask, _ now: Instant) async throws {
        if let failure = error as? ReplicationFailure,
            failure.isEnd || task.kind == .change && failure.isOfNothingThere
        {
            return try await store.write(.written, isReclaiming: true) { transaction in
                try task.complete(&transaction)
            }
        }
        let known = error as? any ServiceError
        guard known == nil || (known?.httpStatus ?? 500) >= 500, task.attempts + 1 < Replicator.attempts else {
            return try await giveUp(task, known?.code ?? "InternalError", known?.message ?? "\(error)")
        }
        let pause = min(ReplicationTask.longestPause, 1 << Int64(min(task.attempts, 20)))
        try await store.write(.written, isReclaiming: true) { transaction in
            try task.wait(pause, at: now, &transaction)
        }
    }

    private func giveUp(_ task: ReplicationTask, _ reason: String, _ message: String) async throws {
        let isFirst = try await store.write(.synced, isReclaiming: true) { transaction in
            try task.fail(reason, &transaction)
        }
        guard isFirst else { return }
        objects.log(
            .warning, "an object could not be replicated; others that fail so by the same rule are counted, not told",
            [
                "bucket": task.bucketName, "key": task.keyText, "version": task.version.text, "rule": task.rule,
                "destination": task.destination, "reason": reason, "message": message,
            ])
    }
}
