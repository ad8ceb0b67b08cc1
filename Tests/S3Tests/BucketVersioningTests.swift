import AWS
@testable import Door
import S3API
@testable import S3Service
import Smithy
import Storage
import Testing
import World

@Suite struct BucketVersioningTests {
    private let yard: Yard

    init() async throws {
        yard = try Yard()
        try await yard.makeBucket("b-1")
    }

    @Test("the state of versioning: what S3 takes and what it refuses")
    func states() async throws {
        func state() async throws -> S3.GetBucketVersioning.Output {
            try await yard.gate.run(GetBucketVersioning(buckets: yard.buckets), .init(bucket: "b-1"), yard.root)
        }
        #expect(try await state().status == nil)
        for status in [.suspended, .enabled, .suspended] as [S3.BucketVersioningStatus] {
            try await yard.setVersioning(status)
            let now = try await state()
            #expect(now.status == status && now.mFADelete == nil)
        }
        #expect(await yard.code { try await yard.setVersioning(nil) } == "IllegalVersioningConfigurationException")
        #expect(await yard.code { try await yard.setVersioning(.init(rawValue: "enabled")) } == "MalformedXML")
        let user = try await yard.user("u")
        #expect(await yard.code { try await yard.setVersioning(.enabled, as: user) } == "AccessDenied")
        let record = try await yard.records(1)[0]
        #expect(
            record.contains(
                #""requestParameters":{"bucketName":"b-1","Host":"s3.example","versioning":"","VersioningConfiguration":{"xmlns":"http://s3.amazonaws.com/doc/2006-03-01/","Status":"Enabled"}}"#
            ) && record.contains(#""eventCategory":"Management""#))
        #expect(try await state().status == .suspended)
    }

    @Test("with MFA Delete versions go, and versioning changes, only by the root user with a fresh code")
    func secondFactor() async throws {
        try await yard.setVersioning(.enabled)
        let root = yard.secure
        #expect(await yard.code { try await yard.setVersioning(.enabled, .enabled, as: root) } == "AccessDenied")
        let wrong = FakeFactors.serial + " 000000"
        for (header, code) in [
            (wrong, "AccessDenied"), ("other 123456", "NotDeviceOwnerError"), ("123456", "InvalidArgument"),
            ("", "InvalidArgument"),
        ] {
            #expect(
                await yard.code { try await yard.setVersioning(.enabled, .enabled, showing: header, as: root) } == code)
        }
        let user = try await yard.user(
            "u", #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#)
        #expect(
            await yard.code {
                try await yard.setVersioning(.enabled, .enabled, showing: FakeFactors.header, as: user)
            } == "InvalidRequest", "not over TLS")
        try await yard.setVersioning(.enabled, .enabled, showing: FakeFactors.header, as: root)
        let version = try #require(try await yard.put("k", [1]).versionId)
        let marker = try #require(try await yard.delete("k").versionId)
        for id in [version, marker] {
            #expect(await yard.code { try await yard.delete("k", as: root) { $0.versionId = id } } == "AccessDenied")
        }
        #expect(await yard.code { try await yard.setVersioning(.suspended, as: root) } == "AccessDenied")
        let both = S3.Delete(objects: [.init(key: "n"), .init(key: "k", versionId: version)])
        #expect(
            await yard.code {
                _ = try await yard.gate.run(
                    DeleteObjects(objects: yard.objects), .init(bucket: "b-1", delete: both), root)
            } == "AccessDenied")
        let listed = try await yard.gate.run(ListObjectVersions(buckets: yard.buckets), .init(bucket: "b-1"), root)
        #expect(listed.deleteMarkers?.count == 1, "nothing of the list went")
        // A code is good once.
        #expect(
            await yard.code {
                try await yard.delete("k", as: root) { ($0.versionId, $0.mFA) = (version, FakeFactors.header) }
            } == "AccessDenied")
        yard.factors.turn()
        try await yard.delete("k", as: root) { ($0.versionId, $0.mFA) = (version, FakeFactors.header) }
        yard.factors.turn()
        try await yard.setVersioning(.enabled, .disabled, showing: FakeFactors.header, as: root)
        try await yard.delete("k", as: root) { $0.versionId = marker }
        let state = try await yard.gate.run(
            GetBucketVersioning(buckets: yard.buckets), .init(bucket: "b-1"), yard.root)
        #expect(state.status == .enabled && state.mFADelete == .disabled)
    }
}
