import AWS
import Blobs
@testable import Door
import IAMService
import S3API
@testable import S3Service
import Smithy
import Storage
import Testing
import World

/// Defends what lifecycles do by themselves: all that is due and nothing else, in portions, and never against a lock.
@Suite struct LifecycleTests {
    private let yard: Yard
    private let upkeep: LifecycleUpkeep

    init() async throws {
        yard = try Yard()
        try await yard.makeBucket("b-1")
        // As little at once as there can be: every walk is broken off everywhere.
        var limits = LifecycleLimits()
        (limits.looked, limits.done, limits.parts) = (2, 1, 1)
        upkeep = LifecycleUpkeep(yard.store, yard.blobs, yard.world.log, names: IAMPrincipals(), limits: limits)
    }

    private func set(_ rules: S3.LifecycleRule..., on bucket: String = "b-1") async throws {
        _ = try await yard.gate.run(
            PutBucketLifecycleConfiguration(buckets: yard.buckets, identifiers: yard.world.identifiers),
            .init(bucket: bucket, lifecycleConfiguration: .init(rules: rules)), yard.root)
    }

    private func rule(_ prefix: String = "", _ change: (inout S3.LifecycleRule) -> Void) -> S3.LifecycleRule {
        var rule = S3.LifecycleRule(filter: .init(prefix: prefix), status: .enabled)
        change(&rule)
        return rule
    }

    /// Until nothing is left to do today.
    private func tend(days: Int64 = 0) async throws {
        yard.clock.advance(by: .seconds(days * 86_400))
        for _ in 0..<500 where try await !upkeep.tend(yard.clock.now()) { return }
        Issue.record("the walk did not end")
    }

    private func count(_ event: LifecycleEvent) -> Int {
        upkeep.counts.first { $0.event == event.rawValue }?.count ?? 0
    }

    /// Keys with what is there of them: `k` an object, `k*` a version behind one, `k-` a marker.
    private func all() throws -> [String] {
        try yard.store.read { snapshot in
            try snapshot.rows(
                """
                SELECT key, '', place FROM s3_object
                UNION ALL SELECT key, CASE WHEN content IS NULL THEN '-' ELSE '*' END, place FROM s3_version
                ORDER BY key, place
                """
            ) { String(decoding: $0.blob(0), as: UTF8.self) + $0.text(1) }
        }
    }

    private func storageClass(_ key: String) async throws -> String {
        try await yard.get(key).output.storageClass?.rawValue ?? "STANDARD"
    }

    @Test("a bucket whose row cannot be read does not hold up the others")
    func damagedRow() async throws {
        try await yard.makeBucket("b-2")
        try await yard.put("k", [1])
        try await yard.put("k", [1], in: "b-2")
        for bucket in ["b-1", "b-2"] { try await set(rule { $0.expiration = .init(days: 1) }, on: bucket) }
        let rules = try await yard.store.write { transaction in
            let rules = try transaction.first("SELECT rules FROM s3_lifecycle ORDER BY bucket LIMIT 1") { $0.text(0) }
            try transaction.run(
                "UPDATE s3_lifecycle SET rules = '[{' WHERE bucket = (SELECT min(bucket) FROM s3_lifecycle)")
            return rules ?? ""
        }
        try await tend(days: 2)
        #expect(count(.expired) == 1)
        #expect(try yard.store.read { try DamagedSettings.all($0).map(\.what) } == ["lifecycle of b-1"])
        try await yard.store.write { transaction in
            try transaction.run("UPDATE s3_lifecycle SET rules = ?", .text(rules))
        }
        try await tend(days: 1)
        #expect(count(.expired) == 2)
    }

    @Test("an object goes when its days are over, with its file, and not before; a new rule counts at once")
    func expiration() async throws {
        for key in ["a/1", "a/2", "a/3", "b/1", "c/1"] { try await yard.put(key, pattern(100_000)) }
        try await set(rule("a/") { $0.expiration = .init(days: 1) }, rule("c/") { $0.expiration = .init(days: 5) })
        try await tend()
        try await tend(days: 1)
        #expect(try all() == ["a/1", "a/2", "a/3", "b/1", "c/1"])
        try await yard.put("a/2", [1])
        try await tend(days: 1)
        #expect(try all() == ["a/2", "b/1", "c/1"])
        #expect(try yard.strays() == 0)
        try await set(rule("b/") { $0.expiration = .init(date: Instant(iso8601: "2015-01-01")) })
        try await tend()
        #expect(try all() == ["a/2", "c/1"])
        #expect(count(.expired) == 3 && count(.marked) == 0)
        try await tend(days: 400)
        #expect(try all() == ["a/2", "c/1"])
    }

    @Test("a walk passes what no rule is about, however much there is between")
    func seeks() async throws {
        for key in ["b", "b/1", "bz", "m", "m/1", "mz", "x/1", "y"] { try await yard.put(key, [1]) }
        try await set(
            rule("b/") { $0.expiration = .init(days: 1) }, rule("d/") { $0.expiration = .init(days: 1) },
            rule("h/") { $0.expiration = .init(days: 1) }, rule("m/") { $0.expiration = .init(days: 1) },
            rule("n/") { $0.expiration = .init(days: 1) }, rule("x/") { $0.expiration = .init(days: 1) })
        try await tend(days: 2)
        #expect(try all() == ["b", "bz", "m", "mz", "y"])
    }

    @Test("tags and sizes choose, and a rule that is disabled does nothing")
    func filters() async throws {
        for (key, size) in [("a", 5), ("b", 10), ("c", 15)] { try await yard.put(key, pattern(size)) }
        try await yard.put("d", pattern(10)) { $0.tagging = "k=v&l=m" }
        try await yard.put("e", pattern(10)) { $0.tagging = "k=w" }
        try await set(
            rule {
                $0.filter = .init(
                    and: .init(tags: [.init(key: "k", value: "v"), .init(key: "l", value: "m")]))
                $0.expiration = .init(days: 1)
            },
            rule { ($0.filter, $0.expiration) = (.init(objectSizeGreaterThan: 10), .init(days: 1)) },
            rule { ($0.filter, $0.expiration) = (.init(objectSizeLessThan: 6), .init(days: 1)) },
            rule { ($0.status, $0.expiration) = (.disabled, .init(days: 1)) })
        try await tend(days: 3)
        #expect(try all() == ["b", "e"])
    }

    @Test("where versions are kept a marker is put, and what lies behind goes by its own days")
    func versions() async throws {
        try await yard.setVersioning(.enabled)
        for key in ["a", "b"] { for content in 0..<3 { try await yard.put(key, [UInt8(content)]) } }
        try await set(
            rule("a") {
                $0.expiration = .init(days: 1)
                $0.noncurrentVersionExpiration = .init(noncurrentDays: 2, newerNoncurrentVersions: 1)
            })
        try await tend(days: 2)
        #expect(try all() == ["a-", "a*", "a*", "a*", "b", "b*", "b*"])
        // The two that were noncurrent from the beginning; one newer is kept for each.
        try await tend(days: 1)
        #expect(try all() == ["a-", "a*", "b", "b*", "b*"])
        try await tend(days: 30)
        #expect(try all() == ["a-", "a*", "b", "b*", "b*"])
        try await set(rule { $0.noncurrentVersionExpiration = .init(noncurrentDays: 1) })
        try await tend()
        #expect(try all() == ["a-", "b"])
        try await set(rule { $0.expiration = .init(expiredObjectDeleteMarker: true) })
        try await tend()
        #expect(try all() == ["b"])
        #expect(count(.marked) == 1 && count(.expired) == 6)
    }

    @Test("a marker goes with the last version behind it, or by the days of an expiration")
    func markers() async throws {
        try await yard.setVersioning(.enabled)
        for key in ["a", "b"] {
            try await yard.put(key, [1])
            try await yard.delete(key)
        }
        try await set(
            rule("a") {
                $0.expiration = .init(expiredObjectDeleteMarker: true)
                $0.noncurrentVersionExpiration = .init(noncurrentDays: 1)
            },
            rule("b") {
                $0.expiration = .init(days: 5)
                $0.noncurrentVersionExpiration = .init(noncurrentDays: 1)
            })
        try await tend()
        #expect(try all() == ["a-", "a*", "b-", "b*"])
        try await tend(days: 2)
        #expect(try all() == ["b-"])
        try await tend(days: 4)
        #expect(try all() == [])
    }

    @Test("where versioning is suspended the null version goes, and others stay behind a null marker")
    func suspended() async throws {
        try await yard.put("a", [0])
        try await yard.setVersioning(.enabled)
        try await yard.put("b", [1])
        try await yard.setVersioning(.suspended)
        try await set(rule { $0.expiration = .init(days: 1) })
        try await tend(days: 2)
        #expect(try all() == ["a-", "b-", "b*"])
        #expect(try yard.strays() == 0)
    }

    @Test("what a lock keeps stays, under markers as well, until the lock is over")
    func locks() async throws {
        _ = try await yard.gate.run(
            CreateBucket(buckets: yard.buckets), .init(bucket: "b-2", objectLockEnabledForBucket: true), yard.root)
        let until = yard.clock.now() + .seconds(10 * 86_400)
        for (key, mode) in [("c", S3.ObjectLockMode.compliance), ("g", .governance)] {
            try await yard.put(key, [1], in: "b-2") {
                ($0.objectLockMode, $0.objectLockRetainUntilDate) = (mode, until)
            }
        }
        try await yard.put("h", [1], in: "b-2") { $0.objectLockLegalHoldStatus = .on }
        try await yard.put("z", [1], in: "b-2")
        try await set(
            rule {
                $0.expiration = .init(days: 1)
                $0.noncurrentVersionExpiration = .init(noncurrentDays: 1)
            }, on: "b-2")
        try await tend(days: 2)
        try await tend(days: 3)
        #expect(try all() == ["c-", "c*", "g-", "g*", "h-", "h*"])
        try await tend(days: 9)
        #expect(try all() == ["h-", "h*"])
    }

    @Test("uploads that go on end with their parts, those that became objects do not")
    func uploads() async throws {
        let (first, second) = (try await yard.begin("a/1"), try await yard.begin("a/2"))
        _ = try await yard.part(1, large(Yard.partSize), of: first)
        try await yard.compose("a/3", large(Yard.partSize), [1])
        let other = try await yard.begin("b")
        try await set(rule("a/") { $0.abortIncompleteMultipartUpload = .init(daysAfterInitiation: 2) })
        let shown = try await yard.parts(of: first)
        #expect(shown.abortDate == Instant(iso8601: "2026-03-07") && shown.abortRuleId?.count == 48)
        #expect(try await yard.begin("a/4").abortDate == shown.abortDate)
        #expect(try await yard.parts(of: other).abortDate == nil)
        try await tend(days: 2)
        #expect(try await yard.uploads().uploads?.count == 4)
        try await tend(days: 1)
        #expect(try await yard.uploads().uploads?.map(\.uploadId) == [other.uploadId])
        #expect(await yard.code { _ = try await yard.parts(of: second) } == "NoSuchUpload")
        #expect(try all() == ["a/3"] && count(.endedUpload) == 3)
        #expect(try yard.strays() == 0)
    }

    @Test("classes change in their order where objects are large enough, and nothing else changes")
    func transitions() async throws {
        for (key, size) in [("a", 131_072), ("b", 131_071)] { try await yard.put(key, pattern(size)) }
        try await yard.put("c", pattern(131_072)) { $0.storageClass = .onezoneIa }
        let before = try await yard.get("a")
        try await set(
            rule {
                $0.transitions = [
                    .init(days: 30, storageClass: .standardIa), .init(days: 60, storageClass: .glacierIr),
                ]
            })
        try await tend(days: 31)
        #expect(
            try await [storageClass("a"), storageClass("b"), storageClass("c")] == [
                "STANDARD_IA", "STANDARD", "ONEZONE_IA",
            ])
        try await tend(days: 30)
        #expect(
            try await [storageClass("a"), storageClass("b"), storageClass("c")] == [
                "GLACIER_IR", "STANDARD", "ONEZONE_IA",
            ])
        let after = try await yard.get("a")
        #expect(after.content == before.content && after.output.lastModified == before.output.lastModified)
        #expect(count(.movedToStandardIA) == 1 && count(.movedToGlacierInstantRetrieval) == 1)
        try await set(
            rule {
                $0.filter = .init(objectSizeGreaterThan: 1)
                $0.transitions = [.init(days: 0, storageClass: .intelligentTiering)]
            })
        try await tend()
        #expect(try await storageClass("b") == "INTELLIGENT_TIERING")
    }

    @Test("a version behind changes its class, and a class changes before a marker is put")
    func noncurrentTransitions() async throws {
        try await yard.setVersioning(.enabled)
        let old = try await yard.put("a", pattern(200_000)).versionId
        let new = try await yard.put("a", pattern(200_000)).versionId
        try await set(
            rule {
                $0.transitions = [.init(days: 30, storageClass: .standardIa)]
                $0.expiration = .init(days: 31)
                $0.noncurrentVersionTransitions = [.init(noncurrentDays: 30, storageClass: .intelligentTiering)]
            })
        try await tend(days: 40)
        #expect(try all() == ["a-", "a*", "a*"])
        let classes = try await [old, new].asyncMap { version in
            try await yard.get("a") { $0.versionId = version }.output.storageClass?.rawValue
        }
        #expect(classes == ["INTELLIGENT_TIERING", "STANDARD_IA"])
    }

    @Test("no lifecycle beside MFA Delete, in either order")
    func factor() async throws {
        try await set(rule { $0.expiration = .init(days: 1) })
        let secure = yard.secure
        #expect(
            await yard.code {
                try await yard.setVersioning(.enabled, .enabled, showing: FakeFactors.header, as: secure)
            } == "InvalidBucketState")
        yard.factors.turn()
        _ = try await yard.gate.run(DeleteBucketLifecycle(buckets: yard.buckets), .init(bucket: "b-1"), yard.root)
        try await yard.setVersioning(.enabled, .enabled, showing: FakeFactors.header, as: secure)
        #expect(await yard.code { try await set(rule { $0.expiration = .init(days: 1) }) } == "InvalidBucketState")
    }
}

extension Sequence where Self: Sendable {
    fileprivate func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
        var values: [T] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
