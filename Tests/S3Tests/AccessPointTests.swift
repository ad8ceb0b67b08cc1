import AWS
import Authorization
@testable import Door
import Journal
import S3API
import S3ControlAPI
@testable import S3Service
import Smithy
import Storage
import Testing
import World

@Suite struct AccessPointTests {
    private let name = AccessPointName("door", of: Yard.account, in: .usEast1)

    @Test(
        "names follow the published rules",
        arguments: [
            ("abc", true), ("1-b", true), ("ab", false), ("-ab", false), ("ab-", false), ("a.b", false), ("a_b", false),
            ("Abc", false), ("x-s3alias", false), ("x--xa-s3", false), ("", false), ("a\u{e4}b", false),
        ])
    func names(_ text: String, _ isName: Bool) { #expect(AccessPointName.isName(text) == isName) }

    @Test("names have 3 to 50 characters")
    func nameLengths() {
        for count in 0...60 {
            #expect(AccessPointName.isName(String(repeating: "a", count: count)) == (3...50).contains(count))
        }
    }

    @Test("an ARN says what it was made of, and no other text is one")
    func arns() {
        let made = name
        #expect(AccessPointName(arn: made.arn) == made)
        #expect(made.arn == "arn:aws:s3:us-east-1:111122223333:accesspoint/door")
        #expect(AccessPointName.object(arn: made.arn(ofKey: "a/object/b"))?.key == "a/object/b")
        for wrong in [
            "arn:aws:s3:::door", "arn:aws:s3:us-east-1:1111:accesspoint/door", made.arn + "/object/k", made.arn + ":x",
            "arn:aws:s3:us-east-1:111122223333:accesspoint:door", "arn:aws:s3-outposts:us-east-1:111122223333:x",
            "arn:aws:s3:us-east-1:111122223333:accesspoint/", "arn:aws:s3:nowhere:111122223333:accesspoint/door",
        ] { #expect(AccessPointName(arn: wrong) == nil, "\(wrong)") }
        #expect(AccessPointName.object(arn: made.arn + "/object/") == nil)
    }

    @Test("the label of a host is a name and an account")
    func labels() {
        #expect(AccessPointName.parts(ofHostLabel: "my-door-111122223333")?.name == "my-door")
        #expect(AccessPointName.parts(ofHostLabel: "my-door-111122223333")?.account == Yard.account)
        for wrong in ["door-11112222333", "door111122223333", "ab-111122223333", "111122223333", "-111122223333", ""] {
            #expect(AccessPointName.parts(ofHostLabel: wrong) == nil, "\(wrong)")
        }
    }

    @Test("aliases are names that buckets may not have, of 63 characters at most")
    func aliases() {
        for count in 3...50 {
            let alias = AccessPointAlias.make(String(repeating: "a", count: count), random: Array(0..<34))
            #expect(alias.utf8.count <= 63 && alias.hasSuffix("-s3alias") && !BucketName.isValid(alias))
        }
    }

    @Test("a policy names the point and what lies behind it")
    func resources() {
        let arn = name.arn
        for right in [arn, arn + "/object/*", arn + "/object/a/b", arn + "*", "arn:aws:s3:*", "*", arn + "/*"] {
            #expect(name.mayBeNamed(right), "\(right)")
        }
        for wrong in [
            arn + "x", arn + "/", arn + "/k", arn + "/object", "arn:aws:s3:::b-1/*", arn + "-other/object/*",
            "arn:aws:s3:us-east-1:444455556666:accesspoint/door", "arn:aws:s3:us-east-1:111122223333:accesspoint/dx*",
        ] { #expect(!name.mayBeNamed(wrong), "\(wrong)") }
    }

    /// What is copied from a point is told to policies by the name of the bucket; a version stays.
    @Test("a copy's source is read from the ARN of an object")
    func copySources() throws {
        let source = try CopySource(name.arn(ofKey: "a/b") + "?versionId=7")
        #expect(source.bucket == name.arn && source.key == "a/b" && source.version == "7")
        #expect(source.lying(in: "b-1").condition == "b-1/a/b")
        #expect(throws: S3.NotImplemented.self) { try CopySource("arn:aws:s3-outposts:us-east-1:1:x/object/k") }
    }
}

/// Calls through a point, and what is told of them.
@Suite struct ThroughPointTests {
    private let yard: Yard
    private let arn = "arn:aws:s3:us-east-1:111122223333:accesspoint/door"

    init() async throws {
        yard = try Yard()
        try await yard.makeBucket("b-1")
        _ = try await yard.gate.run(
            CreateAccessPoint(buckets: yard.buckets),
            S3Control.CreateAccessPoint.Input(accountId: "111122223333", name: "door", bucket: "b-1"), yard.root)
        try await yard.put("k", [1, 2, 3]) { $0.tagging = "a=1" }
    }

    private func get(_ key: String, as facts: RequestFacts) async throws {
        _ = try await yard.gate.run(
            GetObject(objects: yard.objects), S3.GetObject.Input(bucket: arn, key: key), facts)
    }

    private func last() async throws -> PastDecision? {
        try await yard.journal.settle()
        return try yard.store.read { snapshot in
            var found: PastDecision?
            try Journal.scanBackwards(before: nil, snapshot) { _, entry in
                found = try PastDecision(entry, in: snapshot)
                return false
            }
            return found
        }
    }

    @Test("each question is asked of the point and of the bucket, and both are recorded")
    func questions() async throws {
        let both = allow(#""s3:GetObject""#, on: "*")
        let user = try await yard.user("u", both)
        try await get("k", as: user)
        let past = try await last()
        #expect(past?.form == .noted && past?.isDenied == false)
        #expect(
            past?.questions.map(\.question.resource.description) == [
                arn + "/object/k", "arn:aws:s3:::b-1/k", arn + "/object/k",
            ])
        #expect(past?.questions.map(\.isHint) == [false, false, true])
        #expect(past?.questions.map(\.outcome) == [.allowed, .allowed, .implicitDeny])
    }

    @Test("of a hint that two decide, the record has the one that decided")
    func hints() async throws {
        let object = #"["arn:aws:s3:::b-1/*","\#(arn)/object/*"]"#
        let policy = { (lists: String) in
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":\#(object)},"#
                + #"{"Effect":"Allow","Action":"s3:ListBucket","Resource":"\#(lists)"}]}"#
        }
        for (lists, code, decided) in [
            ("arn:aws:s3:::b-1", "AccessDenied", arn), (arn, "AccessDenied", "arn:aws:s3:::b-1"),
            ("*", "NoSuchKey", "arn:aws:s3:::b-1"),
        ] {
            let user = try await yard.user("u\(lists.utf8.count)", policy(lists))
            #expect(await yard.code { try await get("absent", as: user) } == code)
            let past = try await last()
            #expect(past?.form == .hinted && past?.isDenied == false)
            #expect(past?.questions.map(\.isHint) == [false, false, true])
            #expect(past?.questions.last?.question.resource.description == decided)
        }
    }

    @Test("records name the object, the bucket and the point")
    func resources() throws {
        let operation = GetObject(objects: yard.objects)
        let input = S3.GetObject.Input(bucket: arn, key: "k")
        let recording = try yard.store.read { snapshot in
            operation.recording(input, of: try operation.resolve(input, for: yard.root, in: snapshot), yard.root)
        }
        #expect(
            recording.resources.map { "\($0.type) \($0.arn)" } == [
                "AWS::S3::Object arn:aws:s3:::b-1/k", "AWS::S3::Bucket arn:aws:s3:::b-1", "AWS::S3::AccessPoint \(arn)",
            ])
        #expect(recording.resources.map(\.account) == [nil, Yard.account, Yard.account])
    }
}
