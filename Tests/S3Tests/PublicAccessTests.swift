import AWS
@testable import Door
import S3API
@testable import S3Service
import Smithy
import Storage
import Testing

/// Defends: each switch of Block Public Access does what it says and nothing else, set on the bucket or on the account; what
/// either has counts.
@Suite struct PublicAccessTests {
    private static let policy =
        #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b-1/*"}}"#

    @Test("every combination of the bucket's switches, with none or one of the account's")
    func switches() async throws {
        let yard = try Yard()
        try await yard.foundAccounts()
        let (buckets, root) = (yard.buckets, yard.root)
        for (name, ownership) in [("b-1", S3.ObjectOwnership.objectWriter), ("b-2", .objectWriter)] {
            _ = try await yard.gate.run(
                CreateBucket(buckets: buckets), .init(bucket: name, objectOwnership: ownership), root)
            _ = try await yard.gate.run(
                DeletePublicAccessBlock(buckets: buckets), S3.DeletePublicAccessBlock.Input(bucket: name), root)
        }
        try await yard.setPolicy(Self.policy, on: "b-1")
        try await yard.put("k", [1])
        try await yard.put("l", [1], in: "b-2") { $0.aCL = .publicRead }
        let accounts: [PublicAccessBlock] = [
            [], .blockPublicAcls, .ignorePublicAcls, .blockPublicPolicy, .restrictPublicBuckets,
        ]
        for account in accounts {
            try await yard.store.write { try AccountBlock.put(account, for: Yard.account, in: &$0) }
            for number in 0...PublicAccessBlock.all.rawValue {
                let bucket = PublicAccessBlock(rawValue: number)
                for name in ["b-1", "b-2"] {
                    _ = try await yard.gate.run(
                        PutPublicAccessBlock(buckets: buckets),
                        .init(bucket: name, publicAccessBlockConfiguration: bucket.shape), root)
                }
                let all = bucket.union(account)
                let told = "\(number) beside \(account.rawValue)"
                // By policy: the public and other accounts; by list.
                for facts in [yard.nobody, yard.stranger] {
                    let byPolicy = await yard.code { _ = try await yard.get("k", as: facts) }
                    #expect((byPolicy == nil) != all.contains(.restrictPublicBuckets), "\(told)")
                    let byList = await yard.code { _ = try await yard.get("l", in: "b-2", as: facts) }
                    #expect((byList == nil) != all.contains(.ignorePublicAcls), "\(told)")
                }
                #expect(try await yard.get("k").content == [1])
                let setPolicy = await yard.code { try await yard.setPolicy(Self.policy, on: "b-1") }
                #expect((setPolicy == nil) != all.contains(.blockPublicPolicy), "\(told)")
                var list = S3.PutBucketAcl.Input()
                (list.bucket, list.aCL) = ("b-2", .publicRead)
                let given = list
                let setList = await yard.code {
                    _ = try await yard.gate.run(PutBucketAcl(buckets: buckets), given, root)
                }
                #expect((setList == nil) != all.contains(.blockPublicAcls), "\(told)")
            }
        }
    }
}
