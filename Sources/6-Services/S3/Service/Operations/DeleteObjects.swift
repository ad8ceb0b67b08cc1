import Door
import Journal
import S3API
import Smithy
import Storage
import World

/// Removes up to 1,000 objects or versions, as `DeleteObject` does, each allowed or refused by itself.
/// - Source: S3 API Reference, "DeleteObjects".
struct DeleteObjects: PreparedChange {
    typealias Shape = S3.DeleteObjects
    let objects: Objects

    private static let limit = 1000

    /// A bucket, and which of the objects that are to go lie under a retention that is to be bypassed, by their places in
    /// the list.
    struct Listed: Sendable {
        let bucket: BucketTarget
        var governed: [Int] = []
        /// What is there now, of those that go on a condition.
        var current: [Int: ObjectTarget] = [:]

        /// What must be allowed besides, of which objects: a condition tells of what is there, and a retention may be passed
        /// by only with leave.
        func further(_ objects: [S3.ObjectIdentifier]) -> [(action: String, places: [Int])] {
            let conditional = objects.indices.filter { objects[$0].eTag != nil }
            return [("GetObject", conditional), ("BypassGovernanceRetention", governed)]
        }
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Listed {
        var listed = Listed(bucket: try objects.buckets.find(input.bucket, in: snapshot, throughPoints: true))
        for (place, item) in input.delete.objects.prefix(DeleteObjects.limit).enumerated() where item.eTag != nil {
            listed.current[place] = try objects.find(item.key, in: input.bucket, snapshot)
        }
        guard input.bypassGovernanceRetention == true, let bucket = listed.bucket.bucket, bucket.lock != nil else {
            return listed
        }
        for (place, item) in input.delete.objects.prefix(DeleteObjects.limit).enumerated() {
            guard let name = VersionName.given(item.versionId),
                let object = try StoredVersion.find(name, of: Array(item.key.utf8), in: bucket, snapshot)?.object
            else { continue }
            if try ObjectLock.find(object.content, snapshot).governs(at: facts.now) { listed.governed.append(place) }
        }
        return listed
    }

    func access(_ input: Input, to target: Listed, for facts: RequestFacts) throws -> Access {
        try target.bucket.check(owner: input.expectedBucketOwner, facts)
        let listed = input.delete.objects
        guard (1...DeleteObjects.limit).contains(listed.count) else { throw Refused.malformedXML }
        var asks = try listed.map { item in
            let condition = item.versionId == nil ? item.eTag.map { ConditionEntry(.s3IfMatch, $0) } : nil
            let object = ObjectTarget(in: target.bucket, key: item.key, object: nil)
            return try object.ask("DeleteObject", version: item.versionId, keys: condition.map { [$0] } ?? [])
        }
        for (action, places) in target.further(listed) {
            asks += try places.map { place in
                let absent = ObjectTarget(in: target.bucket, key: listed[place].key, object: nil)
                return try (action == "GetObject" ? target.current[place] ?? absent : absent).ask(action)
            }
        }
        return .each(asks)
    }

    func prepare(_ input: Input, under permit: borrowing Permit<Listed>) async throws -> PreparedDeletion {
        let (bucket, facts) = (try permit.target.bucket.required(), permit.facts)
        // Who may delete none of them hears nothing of the bucket.
        guard DeleteObjects.mayAny(permit.verdicts, input) else { return PreparedDeletion(isProved: false) }
        try PreparedDeletion.check(bypass: input.bypassGovernanceRetention, bucket)
        return PreparedDeletion(isProved: try await objects.factor.prove(input.mFA, for: bucket, facts))
    }

    func perform(
        _ input: Input, _ prepared: PreparedDeletion, under permit: borrowing Permit<Listed>,
        in transaction: inout Transaction
    ) throws -> Output {
        let bucket = try permit.target.bucket.required()
        // One version among them, and nothing goes without the factor.
        if DeleteObjects.mayAny(permit.verdicts, input), input.delete.objects.contains(where: { $0.versionId != nil }) {
            try prepared.check(bucket)
        }
        prepared.outdated.reset()
        var (deleted, errors): ([S3.DeletedObject], [S3.ErrorShape]) = ([], [])
        var noted: [RequestNotes.Deleted] = []
        let listed = input.delete.objects
        let places = permit.target.further(listed).flatMap(\.places)
        let further = Dictionary(grouping: zip(places, permit.verdicts.dropFirst(listed.count)), by: \.0)
        for (place, item) in listed.enumerated() {
            do {
                for case .denied(let message) in [permit.verdicts[place]] + (further[place] ?? []).map(\.1) {
                    throw AccessDenied(message)
                }
                let done = try delete(
                    item, in: bucket, prepared, at: permit.facts.now, bypassing: permit.target.governed.contains(place),
                    &transaction)
                noted.append(.init(key: item.key, version: item.versionId, status: 204, code: nil))
                deleted.append(
                    S3.DeletedObject(
                        key: item.key, versionId: item.versionId, deleteMarker: done.isMarker ? true : nil,
                        deleteMarkerVersionId: done.isMarker ? done.version : nil))
            } catch let error as any ServiceError {
                noted.append(
                    .init(key: item.key, version: item.versionId, status: error.httpStatus, code: error.code))
                errors.append(
                    S3.ErrorShape(key: item.key, versionId: item.versionId, code: error.code, message: error.message))
            }
        }
        permit.facts.notes?.deletes(noted)
        return Output(deleted: input.delete.quiet == true ? nil : deleted, errors: errors.isEmpty ? nil : errors)
    }

    private static func mayAny(_ verdicts: [Verdict], _ input: Input) -> Bool {
        verdicts.prefix(input.delete.objects.count).contains { if case .allowed = $0 { true } else { false } }
    }

    private func delete(
        _ item: S3.ObjectIdentifier, in bucket: Bucket, _ prepared: PreparedDeletion, at now: Instant,
        bypassing: Bool, _ transaction: inout Transaction
    ) throws -> VersionStack.Deletion {
        try ObjectKey.check(item.key)
        // These two are for directory buckets.
        guard item.lastModifiedTime == nil, item.size == nil else {
            throw NotImplemented("A condition on time or size")
        }
        if let condition = item.eTag {
            let current = try StoredObject.find(item.key, in: bucket, transaction.snapshot)
            try WriteConditions.check(ifMatch: condition, current)
        }
        // Alone, what is no id would be an argument that is refused; here it is one that no version has.
        if let version = item.versionId, VersionName(version) == nil { throw Refused.noSuchVersion(item.key, version) }
        return try bucket.delete(
            item.key, VersionName.given(item.versionId), prepared, at: now, bypassing: bypassing, in: &transaction)
    }

    func abandon(_ prepared: PreparedDeletion) async {}
    func settle(_ prepared: PreparedDeletion) async {
        await prepared.outdated.remove(from: objects.blobs, objects.log)
    }

    func recording(_ input: Input, of target: Listed?, _ facts: RequestFacts) -> Recording {
        var record = S3Record(facts, bucket: input.bucket)
        record.put("delete", "")
        record.put("x-amz-bypass-governance-retention", input.bypassGovernanceRetention.map { $0 ? "true" : "false" })
        record.put("x-amz-expected-bucket-owner", input.expectedBucketOwner)
        return record.recording(of: target?.bucket, .data)
    }

    func responseElements(_ output: Output) -> Recording.Elements { .none }
}
