import AWS
@testable import Door
import Formats
import S3API
@testable import S3Service
import Smithy
import Storage
import Testing
import World

@Suite struct VersionTests {
    private let yard: Yard

    init() async throws {
        yard = try Yard()
        try await yard.makeBucket("b-1")
    }

    private func list(_ change: (inout S3.ListObjectVersions.Input) -> Void = { _ in }) async throws
        -> S3.ListObjectVersions.Output
    {
        var input = S3.ListObjectVersions.Input(bucket: "b-1")
        change(&input)
        return try await yard.gate.run(ListObjectVersions(buckets: yard.buckets), input, yard.root)
    }

    private func error(_ call: () async throws -> Void) async -> (any ServiceError)? {
        do {
            try await call()
            return nil
        } catch { return error as? any ServiceError }
    }

    private func head(_ key: String, _ version: String? = nil, as facts: RequestFacts? = nil) async throws
        -> S3.HeadObject.Output
    {
        var input = S3.HeadObject.Input()
        (input.bucket, input.key, input.versionId) = ("b-1", key, version)
        return try await yard.gate.run(HeadObject(objects: yard.objects), input, facts ?? yard.root)
    }

    @Test(
        "an id has 32 characters, tells its place to the house alone, and no other text is one",
        arguments: [-1, -2, -70_000, -(1 << 47)])
    func ids(_ place: Int64) {
        let id = VersionID(at: place)
        #expect(id.text.utf8.count == 32 && VersionID(id.text) == id && VersionID(id.text)?.place == place)
        #expect(VersionID(at: place) != id)
        for index in 0..<24 {
            var bytes = id.bytes
            bytes[index] ^= 1
            #expect(VersionID(bytes: bytes) == nil)
        }
        for text in ["", "null", String(id.text.dropLast()), id.text + "A", String(repeating: "+", count: 32)] {
            #expect(VersionID(text) == nil)
        }
        #expect(VersionName("null") == .null && VersionName("Null") == nil && VersionName(id.text) == .id(id))
    }

    @Test("before versioning nobody hears of versions, and the null version is the object")
    func never() async throws {
        #expect(try await yard.put("k", [1]).versionId == nil)
        #expect(try await yard.get("k").output.versionId == nil)
        #expect(try await yard.get("k") { $0.versionId = "null" }.output.versionId == nil)
        let listed = try await list()
        #expect(listed.versions?.map(\.versionId) == ["null"] && listed.versions?.first?.isLatest == true)
        #expect(listed.deleteMarkers == nil && listed.name == "b-1" && listed.keyMarker == "" && listed.maxKeys == 1000)
        let other = VersionID(at: -1).text
        #expect(await yard.code { _ = try await yard.get("k") { $0.versionId = other } } == "NoSuchVersion")
        #expect(await yard.code { _ = try await yard.get("k") { $0.versionId = "x" } } == "InvalidArgument")
        #expect(await yard.code { try await yard.delete("k") { $0.versionId = "x" } } == "InvalidArgument")
        let gone = try await yard.delete("k") { $0.versionId = other }
        #expect(gone.versionId == nil && gone.deleteMarker == nil)
        #expect(try await yard.get("k").content == [1])
        _ = try await yard.delete("k") { $0.versionId = "null" }
        #expect(try await list().versions == nil)
    }

    @Test("what is replaced and deleted stays, and comes back when what hides it is removed")
    func enabled() async throws {
        try await yard.put("k", [0])
        try await yard.setVersioning(.enabled)
        #expect(try await yard.get("k").output.versionId == "null")
        let first = try #require(try await yard.put("k", [1]).versionId)
        let second = try #require(try await yard.put("k", [2]).versionId)
        let marker = try await yard.delete("k")
        #expect(marker.deleteMarker == true)
        let id = try #require(marker.versionId)
        let listed = try await list()
        #expect(listed.versions?.map(\.versionId) == [second, first, "null"])
        #expect(listed.versions?.map(\.isLatest) == [false, false, false])
        #expect(listed.deleteMarkers?.map(\.versionId) == [id] && listed.deleteMarkers?.first?.isLatest == true)
        for (version, content) in [("null", 0), (first, 1), (second, 2)] as [(String, UInt8)] {
            let (output, bytes) = try await yard.get("k") { $0.versionId = version }
            #expect(bytes == [content] && output.versionId == version)
            #expect(try await head("k", version).versionId == version)
        }
        #expect(await yard.code { _ = try await yard.get("k") } == "NoSuchKey")
        let unmarked = try await yard.delete("k") { $0.versionId = id }
        #expect(unmarked.deleteMarker == true && unmarked.versionId == id)
        #expect(try await yard.get("k").content == [2])
        let removed = try await yard.delete("k") { $0.versionId = second }
        #expect(removed.deleteMarker == nil && removed.versionId == second)
        #expect(try await yard.get("k").content == [1])
        // Removing what is gone is a success.
        #expect(try await yard.delete("k") { $0.versionId = second }.versionId == second)
        for version in [first, "null"] { try await yard.delete("k") { $0.versionId = version } }
        let empty = try await list()
        #expect(empty.versions == nil && empty.deleteMarkers == nil)
        let left = try yard.store.read { try $0.number("SELECT count(*) FROM s3_content") }
        #expect(left == 0)
    }

    @Test("while versioning is suspended the null version is replaced, wherever it stands")
    func suspended() async throws {
        try await yard.setVersioning(.suspended)
        #expect(try await yard.put("n", [1]).versionId == nil)
        try await yard.setVersioning(.enabled)
        let first = try #require(try await yard.put("k", [1]).versionId)
        try await yard.setVersioning(.suspended)
        #expect(try await yard.put("k", [2]).versionId == nil)
        #expect(try await yard.get("k").output.versionId == "null")
        try await yard.put("k", [3])
        #expect(try await list { $0.prefix = "k" }.versions?.map(\.versionId) == ["null", first])
        try await yard.setVersioning(.enabled)
        let third = try #require(try await yard.put("k", [4]).versionId)
        try await yard.setVersioning(.suspended)
        // The null version lies behind the newest now, and becomes a marker on its top.
        let marker = try await yard.delete("k")
        #expect(marker.deleteMarker == true && marker.versionId == "null")
        let listed = try await list { $0.prefix = "k" }
        #expect(listed.versions?.map(\.versionId) == [third, first])
        #expect(listed.deleteMarkers?.map(\.versionId) == ["null"])
        try await yard.put("k", [5])
        #expect(try await list { $0.prefix = "k" }.deleteMarkers == nil)
        #expect(try await yard.get("k") { $0.versionId = "null" }.content == [5])
        try await yard.delete("k") { $0.versionId = "null" }
        #expect(try await yard.get("k").content == [4])
    }

    @Test("a marker is told as S3 tells it: 404 where it is current, 405 where it is named")
    func markers() async throws {
        try await yard.setVersioning(.enabled)
        try await yard.put("k", [1]) { $0.tagging = "a=1" }
        let id = try #require(try await yard.delete("k").versionId)
        let told = [ErrorField("x-amz-delete-marker", "true"), ErrorField("x-amz-version-id", id)]
        let missing = try #require(await error { _ = try await yard.get("k") })
        #expect(missing.code == "NoSuchKey" && missing.httpStatus == 404 && missing.headers == told)
        #expect(await error { _ = try await head("k") }?.headers == told)
        let named = try #require(await error { _ = try await yard.get("k") { $0.versionId = id } })
        #expect(named.code == "MethodNotAllowed" && named.httpStatus == 405)
        #expect(named.fields == [ErrorField("Method", "GET"), ErrorField("ResourceType", "DeleteMarker")])
        #expect(named.headers.starts(with: told) && named.headers.contains(ErrorField("Allow", "DELETE")))
        #expect(named.headers.contains { $0.name == "Last-Modified" })
        #expect(await error { _ = try await head("k", id) }?.httpStatus == 405)
        let gate = yard.gate
        for version in [nil, id] {
            let tagging = S3.Tagging(tagSet: [])
            let calls: [(String, () async throws -> Void)] = [
                (
                    "PUT",
                    {
                        _ = try await gate.run(
                            PutObjectTagging(objects: yard.objects),
                            .init(bucket: "b-1", key: "k", versionId: version, tagging: tagging), yard.root)
                    }
                ),
                (
                    "GET",
                    {
                        _ = try await gate.run(
                            GetObjectTagging(objects: yard.objects), .init(bucket: "b-1", key: "k", versionId: version),
                            yard.root)
                    }
                ),
                (
                    "DELETE",
                    {
                        _ = try await gate.run(
                            DeleteObjectTagging(objects: yard.objects),
                            .init(bucket: "b-1", key: "k", versionId: version),
                            yard.root)
                    }
                ),
            ]
            for (method, call) in calls {
                let refusal = await error(call)
                #expect(refusal?.code == "MethodNotAllowed" && refusal?.fields.first?.value == method)
            }
            let list = await error {
                _ = try await gate.run(
                    GetObjectAcl(objects: yard.objects), .init(bucket: "b-1", key: "k", versionId: version), yard.root)
            }
            #expect(list?.code == (version == nil ? "NoSuchKey" : "MethodNotAllowed"))
            let facts = await error {
                _ = try await gate.run(
                    GetObjectAttributes(objects: yard.objects),
                    .init(bucket: "b-1", key: "k", versionId: version, objectAttributes: [.eTag]), yard.root)
            }
            #expect(facts?.code == (version == nil ? "NoSuchKey" : "MethodNotAllowed"))
        }
        // Who may not list hears nothing of the marker.
        let reader = try await yard.user(
            "r", #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}"#)
        let hidden = try #require(await error { _ = try await yard.get("k", as: reader) })
        #expect(hidden.code == "AccessDenied" && hidden.headers.isEmpty)
    }

    @Test("conditions are about the current version, and a marker is none")
    func conditions() async throws {
        try await yard.setVersioning(.enabled)
        let first = try await yard.put("k", [1])
        #expect(await yard.code { try await yard.put("k", [2]) { $0.ifNoneMatch = "*" } } == "PreconditionFailed")
        let second = try await yard.put("k", [2]) { $0.ifMatch = first.eTag }
        #expect(
            await yard.code {
                try await yard.delete("k", ifMatch: first.eTag) { $0.versionId = first.versionId }
            } == "PreconditionFailed")
        try await yard.delete("k", ifMatch: second.eTag)
        #expect(await yard.code { try await yard.put("k", [3]) { $0.ifMatch = second.eTag } } == "NoSuchKey")
        #expect(await yard.code { try await yard.delete("k", ifMatch: "*") } == "PreconditionFailed")
        try await yard.put("k", [3]) { $0.ifNoneMatch = "*" }
        #expect(try await list().versions?.count == 3)
    }

    @Test("many are removed at once, each by its own rules")
    func deleteObjects() async throws {
        try await yard.setVersioning(.enabled)
        let version = try #require(try await yard.put("k", [1]).versionId)
        func delete(_ objects: [S3.ObjectIdentifier]) async throws -> S3.DeleteObjects.Output {
            try await yard.gate.run(
                DeleteObjects(objects: yard.objects), .init(bucket: "b-1", delete: .init(objects: objects)), yard.root)
        }
        let marked = try await delete([.init(key: "k"), .init(key: "never")])
        #expect(marked.deleted?.map(\.deleteMarker) == [true, true] && marked.errors == nil)
        let marker = try #require(marked.deleted?.first?.deleteMarkerVersionId)
        #expect(marked.deleted?.first?.versionId == nil)
        let removed = try await delete([
            .init(key: "k", versionId: marker), .init(key: "k", versionId: version), .init(key: "k", versionId: "x"),
            .init(key: "k", versionId: VersionID(at: -99).text),
        ])
        #expect(removed.deleted?.count == 3 && removed.deleted?.map(\.deleteMarker) == [true, nil, nil])
        #expect(removed.deleted?.first?.deleteMarkerVersionId == marker)
        #expect(removed.errors?.map(\.code) == ["NoSuchVersion"])
        #expect(try await list { $0.prefix = "k" }.versions == nil)
    }

    @Test(
        "who asks for a certain content to be deleted learns of it, and so must be allowed to read, one by one or in a list"
    )
    func conditionsAreReading() async throws {
        try await yard.setVersioning(.enabled)
        let tag = try await yard.put("k", [1]).eTag
        let deleter = try await yard.user(
            "d",
            #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:DeleteObject","Resource":"*"}}"#)
        let objects = yard.objects
        func delete(_ tag: String?, as facts: RequestFacts) async throws -> S3.DeleteObjects.Output {
            try await yard.gate.run(
                DeleteObjects(objects: objects),
                .init(bucket: "b-1", delete: .init(objects: [.init(key: "k", eTag: tag), .init(key: "n")])), facts)
        }
        #expect(await yard.code { try await yard.delete("k", as: deleter, ifMatch: "other") } == "AccessDenied")
        let denied = try await delete("other", as: deleter)
        #expect(denied.errors?.map(\.code) == ["AccessDenied"] && denied.deleted?.map(\.key) == ["n"])
        #expect(try await delete("other", as: yard.root).errors?.map(\.code) == ["PreconditionFailed"])
        #expect(try await delete(tag, as: yard.root).errors == nil)
        #expect(try await delete(nil, as: deleter).errors == nil)
    }

    @Test("of many who store under one key at once, every version is kept")
    func crowd() async throws {
        try await yard.setVersioning(.enabled)
        let yard = yard
        let names = try await withThrowingTaskGroup(of: String?.self) { group in
            for number in 0..<20 { group.addTask { try await yard.put("k", [UInt8(number)]).versionId } }
            return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        let listed = try await list()
        #expect(names.count == 20 && Set(listed.versions?.map(\.versionId) ?? []) == names)
        #expect(listed.versions?.map(\.isLatest) == [true] + Array(repeating: false, count: 19))
    }

    @Test("a bucket with any version or marker stays; its usage counts them all")
    func bucket() async throws {
        try await yard.setVersioning(.enabled)
        let version = try #require(try await yard.put("k", [1, 2, 3]).versionId)
        try await yard.put("k", [1])
        let marker = try #require(try await yard.delete("k").versionId)
        let usage = try yard.store.read { try S3Service.usage($0) }
        #expect(usage.first?.objects == 3 && usage.first?.bytes == 4)
        func remove() async throws {
            _ = try await yard.gate.run(DeleteBucket(objects: yard.objects), .init(bucket: "b-1"), yard.root)
        }
        #expect(await error(remove)?.message.hasSuffix("You must delete all versions in the bucket.") == true)
        for id in [version, marker] { try await yard.delete("k") { $0.versionId = id } }
        #expect(await yard.code(remove) == "BucketNotEmpty")
        let last = try #require(try await list().versions?.first?.versionId)
        try await yard.delete("k") { $0.versionId = last }
        try await remove()
    }

    @Test("records name the version that was made, marked or removed")
    func records() async throws {
        try await yard.setVersioning(.enabled)
        let version = try #require(try await yard.put("k", [1]).versionId)
        #expect(try await yard.records(1)[0].contains(#""x-amz-version-id":"\#(version)"}"#))
        let marker = try #require(try await yard.delete("k").versionId)
        #expect(
            try await yard.records(1)[0].contains(
                #""responseElements":{"x-amz-version-id":"\#(marker)","x-amz-delete-marker":"true"}"#))
        try await yard.delete("k") { $0.versionId = version }
        let removed = try await yard.records(1)[0]
        #expect(removed.contains(#""key":"k","versionId":"\#(version)"}"#))
        #expect(removed.contains(#""responseElements":{"x-amz-version-id":"\#(version)"}"#))
        _ = try await list { $0.keyMarker = "a" }
        let listing = try await yard.records(1)[0]
        #expect(listing.contains(#""eventName":"ListObjectVersions""#) && listing.contains(#""eventCategory":"Data""#))
        #expect(listing.contains(#""versions":"","key-marker":"a"}"#))
    }
}
