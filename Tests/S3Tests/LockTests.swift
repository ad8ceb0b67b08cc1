import AWS
import Authorization
@testable import Door
import Journal
import S3API
@testable import S3Service
import Smithy
import Storage
import Testing
import World

@Suite struct LockTests {
    private let yard: Yard

    init() async throws {
        yard = try Yard()
        _ = try await yard.gate.run(
            CreateBucket(buckets: yard.buckets), .init(bucket: "b-1", objectLockEnabledForBucket: true), yard.root)
    }

    private func until(days: Int64) -> Instant { yard.clock.now() + .seconds(days * 86_400) }

    private func retain(
        _ mode: String?, days: Int64?, bypass: Bool? = nil, version: String? = nil, as facts: RequestFacts? = nil
    ) async throws {
        let retention = S3.ObjectLockRetention(
            mode: mode.map { .init(rawValue: $0) }, retainUntilDate: days.map(until))
        _ = try await yard.gate.run(
            PutObjectRetention(objects: yard.objects),
            .init(
                bucket: "b-1", key: "k", retention: retention, versionId: version, bypassGovernanceRetention: bypass),
            facts ?? yard.root)
    }

    private func hold(_ status: S3.ObjectLockLegalHoldStatus?, as facts: RequestFacts? = nil) async throws {
        _ = try await yard.gate.run(
            PutObjectLegalHold(objects: yard.objects),
            .init(bucket: "b-1", key: "k", legalHold: .init(status: status)), facts ?? yard.root)
    }

    private func remove(_ version: String?, bypass: Bool? = nil, as facts: RequestFacts? = nil) async throws {
        try await yard.delete("k", as: facts) { ($0.versionId, $0.bypassGovernanceRetention) = (version, bypass) }
    }

    private func allow(_ actions: String) -> String {
        #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":[\#(actions)],"Resource":"*"}}"#
    }

    @Test("a governed version goes with the leave to bypass and the word for it, and with both only")
    func governance() async throws {
        let version = try await yard.put("k", [1]) {
            $0.objectLockMode = .governance
            $0.objectLockRetainUntilDate = until(days: 2)
        }.versionId
        let may = try await yard.user("may", allow(#""s3:*""#))
        let mayNot = try await yard.user("not", allow(#""s3:Delete*","s3:Put*""#))
        #expect(await yard.code { try await remove(version, as: may) } == "AccessDenied")
        #expect(await yard.code { try await remove(version, bypass: true, as: mayNot) } == "AccessDenied")
        #expect(try await yard.records(1)[0].contains("s3:BypassGovernanceRetention"))
        #expect(await yard.code { try await retain("GOVERNANCE", days: 1, as: mayNot) } == "AccessDenied")
        #expect(await yard.code { try await retain("GOVERNANCE", days: 1, bypass: true, as: mayNot) } == "AccessDenied")
        try await retain("GOVERNANCE", days: 3, as: mayNot)
        try await retain("GOVERNANCE", days: 1, bypass: true, as: may)
        #expect(await yard.code { try await remove(version) } == "AccessDenied")
        // A marker may always be put on it, and be removed.
        let marker = try await yard.delete("k").versionId
        try await remove(marker)
        try await remove(version, bypass: true, as: may)
        #expect(await yard.code { _ = try await yard.get("k") } == "NoSuchKey")
    }

    @Test("nobody shortens, weakens or removes what compliance retains, until its time is over")
    func compliance() async throws {
        let version = try await yard.put("k", [1]).versionId
        try await retain("COMPLIANCE", days: 2)
        for (mode, days) in [("COMPLIANCE", 1), ("GOVERNANCE", 3), (nil, nil)] as [(String?, Int64?)] {
            #expect(await yard.code { try await retain(mode, days: days, bypass: true) } == "AccessDenied")
        }
        #expect(await yard.code { try await remove(version, bypass: true) } == "AccessDenied")
        let objects = yard.objects
        let both = try await yard.gate.run(
            DeleteObjects(objects: objects),
            .init(
                bucket: "b-1", delete: .init(objects: [.init(key: "k", versionId: version), .init(key: "k")]),
                bypassGovernanceRetention: true), yard.root)
        #expect(both.errors?.map(\.code) == ["AccessDenied"] && both.deleted?.count == 1)
        #expect(await yard.code { try await yard.setVersioning(.suspended) } == "InvalidBucketState")
        try await yard.setVersioning(.enabled)
        #expect(try await yard.get("k") { $0.versionId = version }.content == [1])
        yard.clock.advance(by: .seconds(2 * 86_400 - 1))
        #expect(await yard.code { try await remove(version) } == "AccessDenied")
        yard.clock.advance(by: .seconds(1))
        try await remove(version)
    }

    @Test("a hold keeps a version as long as it stands, whatever is bypassed")
    func legalHold() async throws {
        let version = try await yard.put("k", [1]) { $0.objectLockLegalHoldStatus = .on }.versionId
        #expect(await yard.code { try await remove(version, bypass: true) } == "AccessDenied")
        yard.clock.advance(by: .seconds(1000 * 86_400))
        #expect(await yard.code { try await remove(version) } == "AccessDenied")
        try await hold(.off)
        #expect(await yard.code { try await hold(nil) } == "MalformedXML")
        try await remove(version)
    }

    @Test("of many, those go that may")
    func deleteObjects() async throws {
        var versions: [String?] = []
        for mode in [S3.ObjectLockMode.governance, .governance, .compliance] {
            versions.append(
                try await yard.put("k", [1]) {
                    ($0.objectLockMode, $0.objectLockRetainUntilDate) = (mode, until(days: 1))
                }
                .versionId)
        }
        versions.append(try await yard.put("k", [1]).versionId)
        let list = S3.Delete(objects: versions.map { .init(key: "k", versionId: $0) })
        let objects = yard.objects
        func delete(bypass: Bool?, as facts: RequestFacts) async throws -> S3.DeleteObjects.Output {
            try await yard.gate.run(
                DeleteObjects(objects: objects),
                .init(bucket: "b-1", delete: list, bypassGovernanceRetention: bypass), facts)
        }
        let mayNot = try await yard.user("not", allow(#""s3:Delete*""#))
        let denied = try await delete(bypass: true, as: mayNot)
        #expect(denied.errors?.count == 3 && denied.deleted?.map(\.versionId) == [versions[3]])
        #expect(denied.errors?.first?.message?.contains("s3:BypassGovernanceRetention") == true)
        let done = try await delete(bypass: true, as: yard.root)
        #expect(done.errors?.map(\.versionId) == [versions[2]] && done.deleted?.count == 3)
    }

    @Test("what is stored takes the bucket's default, unless it brings its own")
    func defaults() async throws {
        _ = try await yard.gate.run(
            PutObjectLockConfiguration(buckets: yard.buckets),
            .init(
                bucket: "b-1",
                objectLockConfiguration: .init(
                    objectLockEnabled: .enabled,
                    rule: .init(defaultRetention: .init(mode: .compliance, days: 3)))), yard.root)
        try await yard.put("k", [1])
        let (output, _) = try await yard.get("k")
        #expect(output.objectLockMode == .compliance && output.objectLockRetainUntilDate == until(days: 3))
        #expect(output.objectLockLegalHoldStatus == nil)
        try await yard.put("k", [1]) {
            ($0.objectLockMode, $0.objectLockRetainUntilDate) = (.governance, until(days: 1))
        }
        #expect(try await yard.get("k").output.objectLockMode == .governance)
        #expect(
            await yard.code { try await yard.put("k", [1], as: yard.facts(.root(Yard.account), hasBodyDigest: false)) }
                == "InvalidRequest")
        let shape = try await yard.gate.run(
            GetObjectLockConfiguration(buckets: yard.buckets), .init(bucket: "b-1"), yard.root)
        #expect(shape.objectLockConfiguration?.rule?.defaultRetention?.days == 3)
    }

    @Test("locks are shown to those who may see them, and set by those who may set them")
    func permissions() async throws {
        try await yard.put("k", [1]) {
            ($0.objectLockMode, $0.objectLockRetainUntilDate) = (.governance, until(days: 1))
            ($0.objectLockLegalHoldStatus, $0.tagging) = (.off, "a=1")
        }
        for (name, actions, sees) in [
            ("none", "", []), ("r", #","s3:GetObjectRetention""#, ["r"]), ("h", #","s3:GetObjectLegalHold""#, ["h"]),
            ("t", #","s3:GetObjectTagging""#, ["t"]),
            ("all", #","s3:GetObjectRetention","s3:GetObjectLegalHold","s3:GetObjectTagging""#, ["r", "h", "t"]),
        ] as [(String, String, Set<String>)] {
            let user = try await yard.user(name, allow(#""s3:GetObject""# + actions))
            let output = try await yard.get("k", as: user).output
            #expect((output.objectLockMode != nil) == sees.contains("r"))
            #expect((output.objectLockRetainUntilDate != nil) == sees.contains("r"))
            #expect((output.objectLockLegalHoldStatus == .off) == sees.contains("h"))
            #expect((output.tagCount == 1) == sees.contains("t"))
        }
        let writer = try await yard.user("w", allow(#""s3:PutObject""#))
        #expect(
            await yard.code {
                try await yard.put("k", [1], as: writer) { $0.objectLockLegalHoldStatus = .on }
            } == "AccessDenied")
        #expect(
            await yard.code {
                try await yard.put("k", [1], as: writer) {
                    ($0.objectLockMode, $0.objectLockRetainUntilDate) = (.governance, until(days: 1))
                }
            } == "AccessDenied")
        #expect(await yard.code { try await hold(.on, as: writer) } == "AccessDenied")
        #expect(await yard.code { try await retain("GOVERNANCE", days: 2, as: writer) } == "AccessDenied")
        // How long is the policies' to say.
        let brief = try await yard.user(
            "brief",
            #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NumericLessThanEqualsIfExists":{"s3:object-lock-remaining-retention-days":"10"},"StringEqualsIfExists":{"s3:object-lock-mode":"GOVERNANCE"}}}}"#
        )
        try await retain("GOVERNANCE", days: 10, as: brief)
        #expect(await yard.code { try await retain("GOVERNANCE", days: 11, as: brief) } == "AccessDenied")
        #expect(await yard.code { try await retain("COMPLIANCE", days: 10, as: brief) } == "AccessDenied")
        #expect(
            await yard.code {
                try await yard.put("k", [1], as: brief) {
                    ($0.objectLockMode, $0.objectLockRetainUntilDate) = (.governance, until(days: 11))
                }
            } == "AccessDenied")
    }

    @Test("what was only remarked refuses nothing, in the record as in the answer")
    func remarks() async throws {
        try await yard.put("k", [1]) { ($0.objectLockLegalHoldStatus, $0.tagging) = (.on, "a=1") }
        let user = try await yard.user("u", allow(#""s3:GetObject","s3:GetObjectTagging""#))
        _ = try await yard.get("k", as: user)
        try await yard.journal.settle()
        let past = try yard.store.read { snapshot in
            var found: PastDecision?
            try Journal.scanBackwards(before: nil, snapshot) { _, entry in
                found = try PastDecision(entry, in: snapshot)
                return false
            }
            return found
        }
        #expect(past?.form == .noted && past?.isDenied == false)
        #expect(past?.questions.map(\.isHint) == [false, true, true])
        #expect(past?.questions.map(\.outcome) == [.allowed, .allowed, .implicitDeny])
    }

    @Test("refusals, in S3's codes")
    func refusals() async throws {
        try await yard.put("k", [1])
        #expect(await yard.code { try await retain("GOVERNANCE", days: -1) } == "InvalidArgument")
        #expect(await yard.code { try await retain("OTHER", days: 1) } == "MalformedXML")
        #expect(await yard.code { try await retain("GOVERNANCE", days: nil) } == "MalformedXML")
        let objects = yard.objects
        let get = {
            _ = try await yard.gate.run(
                GetObjectRetention(objects: objects), .init(bucket: "b-1", key: "k"), yard.root)
        }
        let getHold = {
            _ = try await yard.gate.run(
                GetObjectLegalHold(objects: objects), .init(bucket: "b-1", key: "k"), yard.root)
        }
        #expect(await yard.code(get) == "NoSuchObjectLockConfiguration")
        #expect(await yard.code(getHold) == "NoSuchObjectLockConfiguration")
        for (mode, days, hold) in [
            ("GOVERNANCE", nil, nil), (nil, 1, nil), ("OTHER", 1, nil), ("GOVERNANCE", -1, nil), (nil, nil, "MAYBE"),
        ] as [(String?, Int64?, String?)] {
            #expect(
                await yard.code {
                    try await yard.put("k", [2]) {
                        $0.objectLockMode = mode.map { .init(rawValue: $0) }
                        $0.objectLockRetainUntilDate = days.map(until)
                        $0.objectLockLegalHoldStatus = hold.map { .init(rawValue: $0) }
                    }
                } == "InvalidArgument")
        }
        #expect(try await yard.get("k").content == [1])
        try await yard.delete("k")
        #expect(await yard.code(get) == "MethodNotAllowed")
        try await yard.makeBucket("plain")
        try await yard.put("k", [1], in: "plain")
        #expect(
            await yard.code { try await yard.put("k", [1], in: "plain") { $0.objectLockLegalHoldStatus = .on } }
                == "InvalidRequest")
        #expect(
            await yard.code { try await yard.delete("k", in: "plain") { $0.bypassGovernanceRetention = false } }
                == "InvalidArgument")
        for call in [
            {
                _ = try await yard.gate.run(
                    GetObjectRetention(objects: objects), .init(bucket: "plain", key: "k"), yard.root)
            },
            {
                _ = try await yard.gate.run(
                    GetObjectLegalHold(objects: objects), .init(bucket: "plain", key: "k"), yard.root)
            },
        ] as [() async throws -> Void] { #expect(await yard.code(call) == "InvalidRequest") }
        let configure = {
            _ = try await yard.gate.run(
                PutObjectLockConfiguration(buckets: yard.buckets),
                .init(bucket: "plain", objectLockConfiguration: .init(objectLockEnabled: .enabled)), yard.root)
        }
        #expect(await yard.code(configure) == "InvalidBucketState")
        #expect(
            await yard.code {
                _ = try await yard.gate.run(
                    GetObjectLockConfiguration(buckets: yard.buckets), .init(bucket: "plain"), yard.root)
            } == "ObjectLockConfigurationNotFoundError")
        try await yard.setVersioning(.enabled, on: "plain")
        try await configure()
    }

    @Test("records tell of locks under CloudTrail's names")
    func records() async throws {
        let version = try #require(try await yard.put("k", [1]).versionId)
        try await retain("GOVERNANCE", days: 1, version: version)
        let retained = try await yard.records(1)[0]
        #expect(
            retained.contains(#""eventName":"PutObjectLockRetention""#) && retained.contains(#""eventCategory":"Data""#)
        )
        #expect(
            retained.contains(
                #""retention":"","versionId":"\#(version)","Retention":{"xmlns":"http://s3.amazonaws.com/doc/2006-03-01/","Mode":"GOVERNANCE","RetainUntilDate":"2026-03-05T05:06:07Z"}}"#
            ))
        try await hold(.on)
        let held = try await yard.records(1)[0]
        #expect(held.contains(#""eventName":"PutObjectLockLegalHold""#) && held.contains(#""Status":"ON""#))
        _ = try await yard.gate.run(
            GetObjectLockConfiguration(buckets: yard.buckets), .init(bucket: "b-1"), yard.root)
        let read = try await yard.records(1)[0]
        #expect(
            read.contains(#""eventName":"GetBucketObjectLockConfiguration""#)
                && read.contains(#""object-lock":"""#) && read.contains(#""eventCategory":"Management""#))
    }
}
