import AWS
@testable import Authentication
import Crypto
@testable import Door
import S3API
@testable import S3Service
import Smithy
import Storage
import Testing
import World

/// Defends the way of a version into another bucket: its order there, what a crash or a failure leaves, and that nothing comes twice.
@Suite struct ReplicationTests {
    private let yard: Yard
    private let roles = FakeRoles()
    private let replicator: Replicator

    init() async throws {
        yard = try Yard()
        replicator = Replicator(yard.store, yard.objects, ServiceCalls(yard.gate), roles)
        for name in ["b-1", "b-2"] {
            try await yard.makeBucket(name)
            try await yard.setVersioning(.enabled, on: name)
        }
        try await follow("b-1", "b-2")
    }

    /// Has a bucket replicated into another, markers and changes of replicas included.
    private func follow(_ name: String, _ other: String) async throws {
        let buckets = yard.buckets
        try await yard.store.write { transaction in
            var rule = S3.ReplicationRule(
                iD: "r", priority: 1, filter: .init(), status: .enabled, destination: .init(bucket: Bucket.arn(other)),
                deleteMarkerReplication: .init(status: .enabled))
            rule.sourceSelectionCriteria = .init(replicaModifications: .init(status: .enabled))
            let rules = ReplicationRules(role: "arn:aws:iam::111122223333:role/r", rules: [rule])
            try buckets.find(name, in: transaction.snapshot).required().setReplicationRules(rules, in: &transaction)
        }
    }

    /// Until there is nothing more to do at once.
    private func settle() async throws {
        for _ in 0..<100 where try await !replicator.tend(yard.clock.now()) { return }
        Issue.record("replication did not end")
    }

    private func versions(_ name: String, _ change: (inout S3.ListObjectVersions.Input) -> Void = { _ in }) async throws
        -> [String]
    {
        var input = S3.ListObjectVersions.Input(bucket: name)
        change(&input)
        let found = try await yard.gate.run(ListObjectVersions(buckets: yard.buckets), input, yard.root)
        let versions = (found.versions ?? []).map { [$0.key, $0.versionId, $0.isLatest == true ? "latest" : nil] }
        let markers = (found.deleteMarkers ?? []).map {
            [$0.key, $0.versionId, "marker", $0.isLatest == true ? "latest" : nil]
        }
        return (versions + markers).map { $0.compactMap { $0 }.joined(separator: " ") }
    }

    private func put(_ key: String, _ text: String, in bucket: String = "b-1") async throws -> String {
        try await yard.put(key, Array(text.utf8), in: bucket).versionId ?? ""
    }

    private var waiting: Int64 {
        get throws { try yard.store.read { try ReplicationState($0).pending } }
    }

    private var failed: Int64 {
        get throws { try yard.store.read { try ReplicationState($0).failed } }
    }

    @Test("versions and markers come in their order, with their ids and times")
    func order() async throws {
        let first = try await put("k", "1")
        yard.clock.advance(by: .seconds(100))
        _ = try await put("k", "2")
        try await yard.delete("k")
        _ = try await put("l", "3")
        #expect(try waiting == 4)
        try await settle()
        #expect(try waiting == 0)
        #expect(try await versions("b-1") == versions("b-2"))
        let replica = try await yard.get("k", in: "b-2") { $0.versionId = first }
        #expect(replica.content == Array("1".utf8) && replica.output.replicationStatus == .replica)
        let source = try await yard.get("k") { $0.versionId = first }
        #expect(source.output.lastModified == replica.output.lastModified && source.output.eTag == replica.output.eTag)
        #expect(source.output.replicationStatus == .completed)
    }

    @Test("a replica goes behind what is newer, and both buckets agree on the order")
    func behind() async throws {
        try await follow("b-2", "b-1")
        let old = try await put("k", "old")
        yard.clock.advance(by: .seconds(5))
        let new = try await put("k", "new", in: "b-2")
        let twin = (try await put("t", "1"), try await put("t", "2", in: "b-2"))
        try await settle()
        #expect(try await versions("b-1") == versions("b-2"))
        #expect(try await versions("b-2").prefix(2) == ["k \(new) latest", "k \(old)"])
        #expect(twin.0 != twin.1)
        // Pages go on after replicas, and after one that is gone nothing is passed over.
        let rest = try await versions("b-2") { ($0.keyMarker, $0.versionIdMarker) = ("k", new) }
        #expect(rest.first == "k \(old)" && rest.count == 3)
        try await yard.delete("k", in: "b-2") { $0.versionId = new }
        #expect(try await yard.get("k", in: "b-2").content == Array("old".utf8))
        let again = try await versions("b-2") { ($0.keyMarker, $0.versionIdMarker) = ("k", new) }
        #expect(again.first == "k \(old) latest")
        try await yard.delete("k", in: "b-2") { $0.versionId = old }
        #expect(try await versions("b-2").allSatisfy { $0.hasPrefix("t ") })
        let places = try yard.store.read {
            try $0.number("SELECT count(*) FROM s3_replica WHERE key = ?", .blob([0x6B]))
        }
        #expect(places == 1, "b-1 alone has a replica of k still")
    }

    @Test("what is done twice is done once, and a version that is gone is not missed")
    func twice() async throws {
        let version = try await put("k", "1")
        let again = try yard.store.read { try ReplicationTask.due(at: yard.clock.now(), after: 0, limit: 1, $0) }
        let task = try #require(again.tasks.first)
        try await settle()
        let operation = ReplicateVersion(objects: yard.objects, task: task)
        _ = try await yard.gate.run(operation, S3.PutObject.Input(bucket: "b-2", key: "k"), yard.root)
        #expect(try await versions("b-2") == ["k \(version) latest"])
        _ = try await put("l", "1")
        try await yard.delete("l") { $0.versionId = try? yard.latest("l") }
        #expect(try waiting == 0 && failed == 0)
    }

    @Test("a change that came while another was carried out is carried out too")
    func overtaken() async throws {
        _ = try await put("k", "1")
        try await settle()
        func note(_ changes: ReplicationTask.Changes) async throws {
            try await yard.store.write { [yard] transaction in
                let target = try yard.objects.find("k", in: "b-1", transaction.snapshot)
                let object = try #require(target.object)
                try target.note(changes, of: object, at: yard.clock.now(), &transaction)
            }
        }
        try await note(.tags)
        let found = try yard.store.read { try ReplicationTask.due(at: yard.clock.now(), after: 0, limit: 1, $0) }
        let operation = ReplicateVersion(objects: yard.objects, task: try #require(found.tasks.first))
        try await note(.hold)
        await #expect(throws: (any Error).self) {
            _ = try await yard.gate.run(operation, S3.PutObject.Input(bucket: "b-2", key: "k"), yard.root)
        }
        #expect(try waiting == 1)
        try await settle()
        #expect(try waiting == 0 && failed == 0)
    }

    @Test("what may pass is tried later, and holds back what comes after it; what cannot is given up")
    func later() async throws {
        roles.refusal.withLock { $0 = Failure.unavailable }
        _ = try await put("k", "1")
        _ = try await put("k", "2")
        try await settle()
        #expect(try await versions("b-2") == [] && waiting == 2)
        roles.refusal.withLock { $0 = nil }
        try await settle()
        #expect(try await versions("b-2") == [], "the pause is not over")
        yard.clock.advance(by: .seconds(2))
        try await settle()
        #expect(try await versions("b-1") == versions("b-2"))
        roles.refusal.withLock { $0 = AccessDenied("no") }
        yard.clock.advance(by: .seconds(100))
        _ = try await put("l", "1")
        try await settle()
        #expect(try waiting == 0 && failed == 1)
        #expect(try await yard.get("l").output.replicationStatus == .failed)
        let text = try yard.store.read { snapshot in
            try snapshot.first("SELECT reason FROM s3_replication_failure") { $0.text(0) }
        }
        #expect(text == "AssumeRoleNotPermitted")
    }

    @Test("what a clock that was ahead put off is not waited for, and rests after a failure as any other")
    func ahead() async throws {
        yard.clock.advance(by: .seconds(864_000))
        _ = try await put("k", "1")
        yard.clock.advance(by: .seconds(-864_000))
        roles.refusal.withLock { $0 = Failure.unavailable }
        try await settle()
        #expect(try await versions("b-2") == [] && waiting == 1)
        roles.refusal.withLock { $0 = nil }
        yard.clock.advance(by: .seconds(2))
        try await settle()
        #expect(try await versions("b-1") == versions("b-2") && waiting == 0)
        yard.clock.advance(by: .seconds(864_000))
        _ = try await put("l", "1")
        yard.clock.advance(by: .seconds(-864_000))
        try await settle()
        #expect(try waiting == 0)
    }

    @Test("every bucket has its turn, however much another one has to do")
    func turns() async throws {
        try await yard.makeBucket("b-3")
        try await yard.setVersioning(.enabled, on: "b-3")
        try await follow("b-3", "b-2")
        for number in 0..<30 { _ = try await put("k\(number)", "1") }
        let last = try await put("z", "1", in: "b-3")
        #expect(try await replicator.tend(yard.clock.now()))
        #expect(try await versions("b-2").contains("z \(last) latest"))
        try await settle()
        #expect(try await versions("b-2").count == 31)
    }

    @Test("a row that cannot be read rests alone, and is told of")
    func damaged() async throws {
        _ = try await put("k", "1")
        _ = try await put("l", "2")
        let version = try await put("m", "3")
        try await yard.store.write { transaction in
            try transaction.run("UPDATE s3_replication_task SET kind = 9 WHERE key = ?", .blob(Array("k".utf8)))
        }
        try await settle()
        #expect(try waiting == 1)
        #expect(try await yard.get("m", in: "b-2") { $0.versionId = version }.content == Array("3".utf8))
        let told = try yard.store.read { try DamagedSettings.all($0).map(\.what) }
        #expect(told.count == 1 && told.first?.hasPrefix("version to be replicated") == true)
        // It may be mended from outside.
        try await yard.store.write { transaction in
            try transaction.run("UPDATE s3_replication_task SET kind = 0")
        }
        yard.clock.advance(by: .seconds(3601))
        try await settle()
        #expect(try waiting == 0)
    }

    @Test("a commit tells that there is something to replicate, and only then")
    func wakes() async throws {
        let seen = Lock(0)
        yard.store.onCommit { areas in if areas.contains(.replication) { seen.withLock { $0 += 1 } } }
        _ = try await put("k", "1", in: "b-2")
        #expect(seen.withLock { $0 } == 0)
        _ = try await put("k", "1")
        #expect(seen.withLock { $0 } == 1)
        try await settle()
        #expect(seen.withLock { $0 } == 1)
    }

    @Test("a hold that the destination set itself outlives the source's; one that came with the source ends with it")
    func holds() {
        for own in [nil, false] as [Bool?] {
            var lock = ObjectLock(isHeld: own)
            lock.follow(true)
            #expect(lock.isHeld == true && lock.isHoldOfSource)
            lock.follow(false)
            #expect(lock.isHeld == false)
        }
        var lock = ObjectLock()
        lock.hold(true)
        lock.follow(true)
        lock.follow(false)
        #expect(lock.isHeld == true, "it was held before the source was")
        lock.hold(false)
        lock.follow(true)
        lock.hold(true)
        lock.follow(false)
        #expect(lock.isHeld == true, "it was said of the replica, too")
    }

    @Test("whose hold it is is kept")
    func storedHolds() async throws {
        _ = try await put("k", "1")
        let read = try await yard.store.write { transaction in
            let content = try transaction.number("SELECT content FROM s3_object")
            return try [
                ObjectLock(isHeld: true), ObjectLock(isHeld: true, isHoldOfSource: true), ObjectLock(isHeld: false),
            ]
            .map { lock in
                try lock.put(on: content, in: &transaction)
                return try ObjectLock.find(content, transaction.snapshot) == lock
            }
        }
        #expect(read == [true, true, true])
    }

    @Test("rules are kept as they were given")
    func stored() throws {
        var rule = S3.ReplicationRule(
            iD: "é", priority: 7, filter: .init(and: .init(prefix: "a\"", tags: [.init(key: "k", value: "v")])),
            status: .disabled, destination: .init(bucket: "arn:aws:s3:::b-2"),
            deleteMarkerReplication: .init(status: .disabled))
        rule.destination.metrics = .init(status: .disabled)
        let old = S3.ReplicationRule(iD: "o", prefix: "", status: .enabled, destination: .init(bucket: "x"))
        let rules = ReplicationRules(role: "r", rules: [rule, old])
        let read = try ReplicationRules(stored: rules.stored)
        #expect(read.stored == rules.stored && read.rules[0].filter?.and?.tags?.first?.value == "v")
        #expect(read.rules[1].isOfFirstVersion && read.rules[1].takesMarkers && !read.rules[0].takesMarkers)
    }
}

extension Yard {
    fileprivate func latest(_ key: String) throws -> String? {
        try store.read { snapshot in
            let bucket = try buckets.find("b-1", in: snapshot).required()
            return try StoredVersion.latest(of: Array(key.utf8), in: bucket, snapshot)?.version?.text
        }
    }
}

/// Gives the account's root user in the place of any role.
private final class FakeRoles: ReplicationRoles {
    let refusal = Lock<(any ServiceError)?>(nil)

    func credential(ofRole arn: String, for bucket: ServiceSource, in region: Region) async throws -> Credential {
        if let refusal = refusal.withLock({ $0 }) { throw refusal }
        return Credential(
            accessKeyID: "ASIAEXAMPLE", secret: SecretBytes([1]), version: 1, principal: .root(Yard.account))
    }
}
