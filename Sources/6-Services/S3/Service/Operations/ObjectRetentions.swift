import Door
import Formats
import Journal
import S3API
import Smithy
import Storage
import World

/// An operation on the lock of one version. Who may not list the bucket does not learn that the object is missing.
protocol OnObjectLock: Operation where Target == ObjectTarget, Shape.Input: ObjectLockInput {
    var objects: Objects { get }
    /// The query parameter that tells the operation from its neighbours.
    static var marker: String { get }
    static var eventName: String { get }
    /// What the request asks for, for the policies to see.
    static func requested(_ input: Input, _ facts: RequestFacts) -> [ConditionEntry]
    /// What must be allowed besides.
    static func further(_ input: Input, _ target: ObjectTarget, _ facts: RequestFacts) throws -> [Ask]
    /// What the record shows of the body.
    static func record(_ input: Input, in record: inout S3Record)
}

protocol ObjectLockInput {
    var bucket: String { get }
    var key: String { get }
    var versionId: String? { get }
    var expectedBucketOwner: String? { get }
}

extension S3.PutObjectRetention.Input: ObjectLockInput {}
extension S3.GetObjectRetention.Input: ObjectLockInput {}
extension S3.PutObjectLegalHold.Input: ObjectLockInput {}
extension S3.GetObjectLegalHold.Input: ObjectLockInput {}

extension OnObjectLock {
    static func requested(_ input: Input, _ facts: RequestFacts) -> [ConditionEntry] { [] }
    static func further(_ input: Input, _ target: ObjectTarget, _ facts: RequestFacts) throws -> [Ask] { [] }
    static func record(_ input: Input, in record: inout S3Record) {}

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> ObjectTarget {
        try objects.find(input.key, in: input.bucket, version: input.versionId, snapshot)
    }

    /// Of a version that is named, the same is asked as of the current one.
    func access(_ input: Input, to target: ObjectTarget, for facts: RequestFacts) throws -> Access {
        try target.check(owner: input.expectedBucketOwner, version: input.versionId, facts)
        let ask = try target.ask(Shape.model.name, keys: Self.requested(input, facts))
        return try target.telling([ask] + Self.further(input, target, facts), version: input.versionId)
    }

    /// The version, in a bucket that has Object Lock.
    func required(_ target: ObjectTarget, _ hint: Verdict?, _ input: Input) throws -> StoredObject {
        _ = try target.bucket.required().requiredLock()
        return try target.required(hint, version: input.versionId, method: Shape.model.method, tellsMarker: true)
    }

    func recording(_ input: Input, of target: ObjectTarget?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, bucket: input.bucket, key: input.key)
        record.put(Self.marker, "")
        record.put("versionId", input.versionId)
        record.put("x-amz-expected-bucket-owner", input.expectedBucketOwner)
        Self.record(input, in: &record)
        return record.recording(of: target?.bucket, named: Self.eventName, .data)
    }
}

/// Retains a version until a time, in the place of the retention it has; without a bypass that may only grow.
/// - Source: S3 API Reference, "PutObjectRetention"; S3 User Guide, "Object Lock considerations".
struct PutObjectRetention: Change, OnObjectLock {
    typealias Shape = S3.PutObjectRetention
    static var marker: String { "retention" }
    static var eventName: String { "PutObjectLockRetention" }
    let objects: Objects

    static func requested(_ input: Input, _ facts: RequestFacts) -> [ConditionEntry] {
        (try? wanted(input))?.keys(at: facts.now) ?? []
    }

    /// The leave to bypass is asked for where one is needed and claimed.
    static func further(_ input: Input, _ target: ObjectTarget, _ facts: RequestFacts) throws -> [Ask] {
        guard input.bypassGovernanceRetention == true, target.lock.governs(at: facts.now),
            target.lock.needsBypass(for: try? wanted(input), at: facts.now)
        else { return [] }
        return [try target.ask("BypassGovernanceRetention")]
    }

    static func record(_ input: Input, in record: inout S3Record) {
        record.put("x-amz-bypass-governance-retention", input.bypassGovernanceRetention.map { $0 ? "true" : "false" })
        guard let retention = input.retention else { return }
        record.put(body: "Retention") { json in
            if let mode = retention.mode { json.member("Mode", mode.rawValue) }
            if let until = retention.retainUntilDate { json.member("RetainUntilDate", until.iso8601) }
        }
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<ObjectTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let (target, facts) = (permit.target, permit.facts)
        let object = try required(target, permit.hint, input)
        let wanted = try PutObjectRetention.wanted(input)
        if let wanted, wanted.until <= facts.now {
            throw Refused.argument(
                "RetainUntilDate", wanted.until.iso8601, "The retain until date must be in the future!")
        }
        try target.lock.checkChange(
            to: wanted, at: facts.now, bypasses: input.bypassGovernanceRetention == true)
        var lock = target.lock
        lock.retention = wanted
        try lock.put(on: object.content, in: &transaction)
        try target.note(.retention, of: object, at: facts.now, &transaction)
        return Output()
    }

    func responseElements(_ output: Output) -> Recording.Elements { .none }

    /// Nil takes the retention away. What is none is refused after the policies were asked.
    private static func wanted(_ input: Input) throws -> ObjectLock.Retention? {
        guard let retention = input.retention else { throw Refused.malformedXML }
        switch (retention.mode, retention.retainUntilDate) {
        case (nil, nil): return nil
        case (let name?, let until?):
            guard let mode = ObjectLock.Mode(name.rawValue) else { throw Refused.malformedXML }
            return ObjectLock.Retention(mode: mode, until: until)
        default: throw Refused.malformedXML
        }
    }
}

/// The retention of a version, over or not; that there never was one is an error.
/// - Source: S3 API Reference, "GetObjectRetention".
struct GetObjectRetention: Query, OnObjectLock {
    typealias Shape = S3.GetObjectRetention
    static var marker: String { "retention" }
    static var eventName: String { "GetObjectLockRetention" }
    let objects: Objects

    func answer(
        _ input: Input, under permit: borrowing Permit<ObjectTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        _ = try required(permit.target, permit.hint, input)
        guard let retention = permit.target.lock.retention else { throw ObjectLock.unset }
        return Output(
            retention: .init(mode: .init(rawValue: retention.mode.name), retainUntilDate: retention.until))
    }
}

/// Holds a version until somebody ends that, whatever its retention says.
/// - Source: S3 API Reference, "PutObjectLegalHold".
struct PutObjectLegalHold: Change, OnObjectLock {
    typealias Shape = S3.PutObjectLegalHold
    static var marker: String { "legal-hold" }
    static var eventName: String { "PutObjectLockLegalHold" }
    let objects: Objects

    static func requested(_ input: Input, _ facts: RequestFacts) -> [ConditionEntry] {
        [ConditionEntry(.s3ObjectLockLegalHold, input.legalHold?.status?.rawValue)].compactMap { $0 }
    }

    static func record(_ input: Input, in record: inout S3Record) {
        guard let hold = input.legalHold else { return }
        record.put(body: "LegalHold") { json in
            if let status = hold.status { json.member("Status", status.rawValue) }
        }
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<ObjectTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let object = try required(permit.target, permit.hint, input)
        guard let status = input.legalHold?.status, [.on, .off].contains(status) else { throw Refused.malformedXML }
        var lock = permit.target.lock
        lock.hold(status == .on)
        try lock.put(on: object.content, in: &transaction)
        try permit.target.note(.hold, of: object, at: permit.facts.now, &transaction)
        return Output()
    }

    func responseElements(_ output: Output) -> Recording.Elements { .none }
}

/// Whether a version is held; that nobody ever said is an error.
/// - Source: S3 API Reference, "GetObjectLegalHold".
struct GetObjectLegalHold: Query, OnObjectLock {
    typealias Shape = S3.GetObjectLegalHold
    static var marker: String { "legal-hold" }
    static var eventName: String { "GetObjectLockLegalHold" }
    let objects: Objects

    func answer(
        _ input: Input, under permit: borrowing Permit<ObjectTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        _ = try required(permit.target, permit.hint, input)
        guard let isHeld = permit.target.lock.isHeld else { throw ObjectLock.unset }
        return Output(legalHold: .init(status: isHeld ? .on : .off))
    }
}
