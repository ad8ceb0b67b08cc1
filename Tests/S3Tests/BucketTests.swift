import AWS
@testable import Door
import IAMAPI
@testable import IAMService
import S3API
import S3ControlAPI
@testable import S3Service
import Smithy
import Testing

@Suite struct BucketTests {
    private let yard: Yard
    init() throws { yard = try Yard() }

    private func create(_ name: String, _ facts: RequestFacts, _ constraint: String? = nil) async throws {
        var input = S3.CreateBucket.Input(bucket: name)
        if let constraint {
            input.createBucketConfiguration = S3.CreateBucketConfiguration(locationConstraint: constraint)
        }
        _ = try await yard.gate.run(CreateBucket(buckets: yard.buckets), input, facts)
    }

    @Test("a name belongs to whoever made it first, and making it again succeeds only in us-east-1")
    func creation() async throws {
        let europe = yard.facts(.root(Yard.account), region: try #require(Region("eu-west-1")))
        try await create("b-1", yard.root)
        try await create("b-1", yard.root)
        #expect(await yard.code { try await create("b-1", yard.stranger) } == "BucketAlreadyExists")
        #expect(await yard.code { try await create("B", yard.root) } == "InvalidBucketName")
        #expect(await yard.code { try await create("b-2", yard.nobody) } == "AccessDenied")
        #expect(await yard.code { try await create("b-2", europe) } == "IllegalLocationConstraintException")
        try await create("b-2", europe, "eu-west-1")
        #expect(await yard.code { try await create("b-2", europe, "eu-west-1") } == "BucketAlreadyOwnedByYou")
        #expect(await yard.code { _ = try await head("b-2", yard.root) } == "AuthorizationHeaderMalformed")
        #expect(try await head("b-2", europe).bucketRegion == "eu-west-1")
    }

    private func head(_ name: String, _ facts: RequestFacts) async throws -> S3.HeadBucket.Output {
        try await yard.gate.run(HeadBucket(buckets: yard.buckets), S3.HeadBucket.Input(bucket: name), facts)
    }

    @Test("a missing bucket is told to everybody; a closed one tells its Region and nothing else")
    func absence() async throws {
        try await yard.makeBucket("b-1")
        for facts in [yard.root, yard.stranger, yard.nobody] {
            #expect(await yard.code { _ = try await head("b-9", facts) } == "NoSuchBucket")
        }
        for facts in [yard.stranger, yard.nobody, try await yard.user("u")] {
            do {
                _ = try await head("b-1", facts)
                Issue.record("the bucket is open")
            } catch let error as any ServiceError {
                #expect(error.httpStatus == 403 && error.headers == [ErrorField("x-amz-bucket-region", "us-east-1")])
            }
        }
    }

    @Test("the caller's guess of the owner must be right")
    func expectedOwner() async throws {
        try await yard.makeBucket("b-1")
        var input = S3.HeadBucket.Input(bucket: "b-1", expectedBucketOwner: Yard.account.description)
        _ = try await yard.gate.run(HeadBucket(buckets: yard.buckets), input, yard.root)
        input.expectedBucketOwner = Yard.other.description
        let wrong = input
        #expect(
            await yard.code { _ = try await yard.gate.run(HeadBucket(buckets: yard.buckets), wrong, yard.root) }
                == "AccessDenied")
    }

    @Test("only an empty bucket is deleted, and its name is free again")
    func deletion() async throws {
        try await yard.makeBucket("b-1")
        try await yard.put("k", [1])
        let input = S3.DeleteBucket.Input(bucket: "b-1")
        let operation = DeleteBucket(objects: yard.objects)
        #expect(await yard.code { _ = try await yard.gate.run(operation, input, yard.root) } == "BucketNotEmpty")
        try await yard.delete("k")
        _ = try await yard.gate.run(operation, input, yard.root)
        #expect(await yard.code { _ = try await yard.gate.run(operation, input, yard.root) } == "NoSuchBucket")
        try await create("b-1", yard.stranger)
    }

    @Test("a list has the caller's buckets only, page by page")
    func listing() async throws {
        for name in ["b-3", "b-1", "c-2"] { try await yard.makeBucket(name) }
        try await create("b-2", yard.stranger)
        let all = try await yard.gate.run(ListBuckets(), S3.ListBuckets.Input(), yard.root)
        #expect(all.buckets?.map(\.name) == ["b-1", "b-3", "c-2"] && all.buckets?.first?.bucketRegion == nil)
        let first = try await yard.gate.run(ListBuckets(), S3.ListBuckets.Input(maxBuckets: 1, prefix: "b"), yard.root)
        #expect(first.buckets?.map(\.name) == ["b-1"] && first.buckets?.first?.bucketRegion == "us-east-1")
        let next = try await yard.gate.run(
            ListBuckets(), S3.ListBuckets.Input(continuationToken: first.continuationToken, prefix: "b"), yard.root)
        #expect(next.buckets?.map(\.name) == ["b-3"] && next.continuationToken == nil)
        #expect(await yard.code { _ = try await yard.gate.run(ListBuckets(), .init(), yard.nobody) } == "AccessDenied")
    }

    @Test("a new bucket is closed to the public, owned whole and encrypted")
    func defaults() async throws {
        try await yard.makeBucket("b-1")
        let block = try await yard.gate.run(
            GetPublicAccessBlock(buckets: yard.buckets), .init(bucket: "b-1"), yard.root)
        #expect(block.publicAccessBlockConfiguration?.restrictPublicBuckets == true)
        #expect(block.publicAccessBlockConfiguration?.blockPublicPolicy == true)
        let location = try await yard.gate.run(
            GetBucketLocation(buckets: yard.buckets), .init(bucket: "b-1"), yard.root)
        #expect(location.locationConstraint == nil)
        let encryption = try await yard.gate.run(
            GetBucketEncryption(buckets: yard.buckets), .init(bucket: "b-1"), yard.root)
        #expect(
            encryption.serverSideEncryptionConfiguration?.rules.first?.applyServerSideEncryptionByDefault?.sSEAlgorithm
                == .aes256)
        _ = try await yard.gate.run(DeletePublicAccessBlock(buckets: yard.buckets), .init(bucket: "b-1"), yard.root)
        #expect(
            await yard.code {
                _ = try await yard.gate.run(
                    GetPublicAccessBlock(buckets: yard.buckets), .init(bucket: "b-1"), yard.root)
            } == "NoSuchPublicAccessBlockConfiguration")
        #expect(try await yard.records(1)[0].contains(#""eventName":"GetBucketPublicAccessBlock""#))
    }

    @Test("a policy names users by what they are, not by what they are called")
    func policyPrincipals() async throws {
        try await yard.makeBucket("b-1")
        try await yard.put("k", [7])
        let ann = try await yard.user("ann")
        let policy = #"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow",
            "Principal":{"AWS":"arn:aws:iam::111122223333:user/ann"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b-1/*"}]}
            """#
        #expect(await yard.code { _ = try await yard.get("k", as: ann) } == "AccessDenied")
        try await yard.setPolicy(policy, on: "b-1")
        #expect(try await yard.get("k", as: ann).content == [7])
        let read = GetBucketPolicy(buckets: yard.buckets, rules: yard.policies)
        #expect(try await yard.gate.run(read, .init(bucket: "b-1"), yard.root).policy == policy)
        _ = try await yard.gate.run(DeleteUser(), IAM.DeleteUser.Input(userName: "ann"), yard.root)
        let namesake = try await yard.user("ann")
        #expect(await yard.code { _ = try await yard.get("k", as: namesake) } == "AccessDenied")
        let shown = try await yard.gate.run(read, .init(bucket: "b-1"), yard.root).policy ?? ""
        #expect(shown.contains(#"{"AWS":"AIDA"#))
        let unknown = policy.replacing("user/ann", with: "user/nobody")
        #expect(await yard.code { try await yard.setPolicy(unknown, on: "b-1") } == "MalformedPolicy")
        #expect(await yard.code { try await yard.setPolicy("{}", on: "b-1") } == "MalformedPolicy")
        #expect(
            await yard.code { try await yard.setPolicy(policy.replacing("b-1", with: "b-2"), on: "b-1") }
                == "MalformedPolicy")
    }

    @Test("the owner's root user finds a way out of a policy that denies everybody")
    func lockOut() async throws {
        try await yard.makeBucket("b-1")
        try await yard.setPolicy(
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b-1"}]}"#,
            on: "b-1")
        #expect(await yard.code { _ = try await head("b-1", yard.root) } == "AccessDenied")
        let drop = DeleteBucketPolicy(buckets: yard.buckets)
        let admin = try await yard.user(
            "admin", #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#)
        #expect(await yard.code { _ = try await yard.gate.run(drop, .init(bucket: "b-1"), admin) } == "AccessDenied")
        #expect(
            await yard.code { _ = try await yard.gate.run(drop, .init(bucket: "b-1"), yard.stranger) } == "AccessDenied"
        )
        _ = try await yard.gate.run(drop, .init(bucket: "b-1"), yard.root)
        _ = try await head("b-1", yard.root)
    }

    static let publicPolicy =
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b-1/*"}]}"#

    @Test("public policies are refused, or restrained, as bucket and account say")
    func publicAccess() async throws {
        try await yard.makeBucket("b-1")
        try await yard.put("k", [7])
        #expect(await yard.code { try await yard.setPolicy(BucketTests.publicPolicy, on: "b-1") } == "AccessDenied")
        _ = try await yard.gate.run(DeletePublicAccessBlock(buckets: yard.buckets), .init(bucket: "b-1"), yard.root)
        #expect(await yard.code { _ = try await yard.get("k", as: yard.nobody) } == "AccessDenied")
        try await yard.setPolicy(BucketTests.publicPolicy, on: "b-1")
        #expect(try await yard.get("k", as: yard.nobody).content == [7])
        #expect(try await yard.get("k", as: yard.stranger).content == [7])
        let block = S3Control.PutPublicAccessBlock.Input(
            publicAccessBlockConfiguration: .init(restrictPublicBuckets: true), accountId: Yard.account.description)
        #expect(
            await yard.code { _ = try await yard.gate.run(PutAccountPublicAccessBlock(), block, yard.stranger) }
                == "AccessDenied")
        _ = try await yard.gate.run(PutAccountPublicAccessBlock(), block, yard.root)
        #expect(await yard.code { _ = try await yard.get("k", as: yard.nobody) } == "AccessDenied")
        #expect(await yard.code { _ = try await yard.get("k", as: yard.stranger) } == "AccessDenied")
        #expect(try await yard.get("k").content == [7])
        _ = try await yard.gate.run(
            DeleteAccountPublicAccessBlock(), .init(accountId: Yard.account.description), yard.root)
        #expect(try await yard.get("k", as: yard.nobody).content == [7])
    }

    @Test("records have the names, parameters and resources of CloudTrail")
    func records() async throws {
        try await yard.makeBucket("b-1", open: true)
        try await yard.setPolicy(BucketTests.publicPolicy, on: "b-1")
        let (policy, block, creation) = (
            try await yard.records(3)[0], try await yard.records(3)[1], try await yard.records(3)[2]
        )
        #expect(policy.contains(#""eventSource":"s3.amazonaws.com","eventName":"PutBucketPolicy""#))
        #expect(policy.contains(#""bucketName":"b-1","Host":"s3.example","policy":"","bucketPolicy":{"Version""#))
        #expect(
            policy.contains(
                #""resources":[{"accountId":"111122223333","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::b-1"}]"#))
        #expect(block.contains(#""eventName":"DeleteBucketPublicAccessBlock""#))
        #expect(creation.contains(#""eventName":"CreateBucket""#) && !creation.contains(#""resources""#))
        #expect(creation.contains(#""SignatureVersion":"SigV4""#) && creation.contains(#""managementEvent":true"#))
    }
}
