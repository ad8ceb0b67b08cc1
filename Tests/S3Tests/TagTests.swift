import Authorization
@testable import Door
import S3API
@testable import S3Service
import Smithy
import Storage
import Testing

@Suite struct TagTests {
    let yard: Yard

    init() async throws {
        yard = try Yard()
        try await yard.makeBucket("b-1")
        try await yard.put("k", pattern(10))
    }

    private func put(_ tags: [S3.Tag], as facts: RequestFacts? = nil) async throws {
        _ = try await yard.gate.run(
            PutObjectTagging(objects: yard.objects), .init(bucket: "b-1", key: "k", tagging: .init(tagSet: tags)),
            facts ?? yard.root)
    }

    private func tagCount() throws -> Int {
        try yard.store.read { snapshot in Int(try snapshot.number("SELECT count(*) FROM s3_object_tag")) }
    }

    @Test("calls about tags and attributes of objects are data events of the object")
    func records() async throws {
        try await put([S3.Tag(key: "a", value: "1")])
        let put = try await yard.records(1)[0]
        _ = try await yard.gate.run(
            GetObjectTagging(objects: yard.objects), .init(bucket: "b-1", key: "k"), yard.root)
        let get = try await yard.records(1)[0]
        _ = try await yard.gate.run(
            DeleteObjectTagging(objects: yard.objects), .init(bucket: "b-1", key: "k"), yard.root)
        let delete = try await yard.records(1)[0]
        for (record, name, isRead) in [
            (put, "PutObjectTagging", false), (get, "GetObjectTagging", true), (delete, "DeleteObjectTagging", false),
        ] {
            #expect(record.contains(#""eventName":"\#(name)""#) && record.contains(#""eventCategory":"Data""#))
            #expect(record.contains(#""managementEvent":false"#) && record.contains(#""readOnly":\#(isRead)"#))
            #expect(
                record.contains(
                    #""requestParameters":{"bucketName":"b-1","Host":"s3.example","key":"k","tagging":""},"responseElements":null"#
                ))
            #expect(
                record.contains(
                    #""resources":[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::b-1/k"},{"accountId":"111122223333","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::b-1"}]"#
                ))
        }
        _ = try await yard.gate.run(
            GetObjectAttributes(objects: yard.objects),
            .init(bucket: "b-1", key: "k", objectAttributes: [.eTag, .objectSize]), yard.root)
        #expect(
            try await yard.records(1)[0].contains(
                #""key":"k","attributes":"","x-amz-object-attributes":"ETag,ObjectSize"}"#))
        _ = try await yard.gate.run(GetObjectAcl(objects: yard.objects), .init(bucket: "b-1", key: "k"), yard.root)
        let list = try await yard.records(1)[0]
        #expect(list.contains(#""eventName":"GetObjectAcl""#) && list.contains(#""eventCategory":"Data""#))
        #expect(list.contains(#""key":"k","acl":""}"#))
        try await yard.put("k", pattern(1)) { $0.tagging = "a=1" }
        #expect(try await yard.records(1)[0].contains(#""x-amz-tagging":"a=1""#))
    }

    @Test("tags go with their content, and leave nothing behind")
    func nothingStays() async throws {
        try await put([S3.Tag(key: "a", value: "1"), S3.Tag(key: "b", value: "")])
        #expect(try tagCount() == 2)
        try await yard.put("k", pattern(20)) { $0.tagging = "c=3" }
        #expect(try tagCount() == 1)
        try await yard.delete("k")
        #expect(try tagCount() == 0)
    }

    @Test("a denied call about tags is recorded with its reason and changes nothing")
    func denied() async throws {
        let user = try await yard.user("u")
        #expect(await yard.code { try await put([S3.Tag(key: "a", value: "1")], as: user) } == "AccessDenied")
        let record = try await yard.records(1)[0]
        #expect(record.contains(#""eventName":"PutObjectTagging""#) && record.contains(#""errorCode":"AccessDenied""#))
        #expect(record.contains(#""eventCategory":"Data""#) && record.contains("s3:PutObjectTagging"))
        #expect(try tagCount() == 0)
    }

    @Test(
        "an origin's star stands for any text, once",
        arguments: [
            ("*", "", true), ("*", "https://a", true), ("a*b", "ab", true), ("a*b", "axxb", true),
            ("ab*ba", "aba", false),
            ("ab*ba", "abba", true), ("a", "a", true), ("a", "A", false), ("", "", true), ("", "a", false),
            ("*.b", "x.b", true), ("*.b", "x.bc", false), ("http://*", "https://a", false),
        ])
    func origins(_ pattern: String, _ origin: String, _ fits: Bool) {
        #expect(CORSRules.matches(pattern, origin) == fits)
    }
}
