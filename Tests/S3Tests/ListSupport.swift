import AWS
@testable import Door
import S3API
@testable import S3Service
import Smithy
import Storage

/// What tests of access control lists have in common: a bucket `b-1` of the first account, and lists in few words.
protocol ListTests {
    var yard: Yard { get }
}

extension ListTests {
    var otherID: String { CanonicalUser.id(of: Yard.other) }
    var ownID: String { CanonicalUser.id(of: Yard.account) }

    func makeBucket(_ ownership: S3.ObjectOwnership?, open: Bool = true, acl: S3.BucketCannedACL? = nil)
        async throws
    {
        var input = S3.CreateBucket.Input(bucket: "b-1")
        (input.objectOwnership, input.aCL) = (ownership, acl)
        _ = try await yard.gate.run(CreateBucket(buckets: yard.buckets), input, yard.root)
        guard open else { return }
        _ = try await yard.gate.run(
            DeletePublicAccessBlock(buckets: yard.buckets), S3.DeletePublicAccessBlock.Input(bucket: "b-1"), yard.root)
    }

    func block(_ change: (inout S3.PublicAccessBlockConfiguration) -> Void) async throws {
        var block = S3.PublicAccessBlockConfiguration()
        change(&block)
        _ = try await yard.gate.run(
            PutPublicAccessBlock(buckets: yard.buckets),
            S3.PutPublicAccessBlock.Input(bucket: "b-1", publicAccessBlockConfiguration: block), yard.root)
    }

    func own(_ ownership: S3.ObjectOwnership) async throws {
        _ = try await yard.gate.run(
            PutBucketOwnershipControls(buckets: yard.buckets),
            S3.PutBucketOwnershipControls.Input(
                bucket: "b-1", ownershipControls: .init(rules: [.init(objectOwnership: ownership)])), yard.root)
    }

    func setBucket(_ facts: RequestFacts? = nil, _ change: (inout S3.PutBucketAcl.Input) -> Void) async throws {
        var input = S3.PutBucketAcl.Input()
        input.bucket = "b-1"
        change(&input)
        _ = try await yard.gate.run(PutBucketAcl(buckets: yard.buckets), input, facts ?? yard.root)
    }

    func setObject(
        _ key: String = "k", _ facts: RequestFacts? = nil, _ change: (inout S3.PutObjectAcl.Input) -> Void
    ) async throws {
        var input = S3.PutObjectAcl.Input()
        (input.bucket, input.key) = ("b-1", key)
        change(&input)
        _ = try await yard.gate.run(PutObjectAcl(objects: yard.objects), input, facts ?? yard.root)
    }

    /// The owner and the grants: `id:FULL_CONTROL`.
    func bucketList(_ facts: RequestFacts? = nil) async throws -> [String] {
        let output = try await yard.gate.run(
            GetBucketAcl(buckets: yard.buckets), S3.GetBucketAcl.Input(bucket: "b-1"), facts ?? yard.root)
        return texts(output.owner, output.grants)
    }

    func objectList(_ key: String = "k", _ facts: RequestFacts? = nil) async throws -> [String] {
        var input = S3.GetObjectAcl.Input()
        (input.bucket, input.key) = ("b-1", key)
        let output = try await yard.gate.run(GetObjectAcl(objects: yard.objects), input, facts ?? yard.root)
        return texts(output.owner, output.grants)
    }

    func texts(_ owner: S3.Owner?, _ grants: [S3.Grant]?) -> [String] {
        let names = [ownID: "own", otherID: "other", ListOwner.anonymous.canonicalID: "anonymous"]
        func name(_ id: String?) -> String { id.flatMap { names[$0] } ?? id ?? "" }
        return [name(owner?.iD)]
            + (grants ?? []).map { grant in
                let grantee = grant.grantee?.uRI?.split(separator: "/").last.map(String.init) ?? name(grant.grantee?.iD)
                return grantee + ":" + (grant.permission?.rawValue ?? "")
            }
    }

    func list(_ facts: RequestFacts) async throws -> [String] {
        var input = S3.ListObjectsV2.Input()
        (input.bucket, input.fetchOwner) = ("b-1", true)
        let output = try await yard.gate.run(ListObjectsV2(buckets: yard.buckets), input, facts)
        return (output.contents ?? []).map { ($0.key ?? "") + ":" + texts($0.owner, nil)[0] }
    }

    func denied(_ call: () async throws -> Void) async -> Bool { await yard.code(call) == "AccessDenied" }
}

extension Yard {
    /// Makes both accounts accounts of this server, which lists may then name.
    func foundAccounts() async throws {
        try await store.write { transaction in
            for account in [Yard.account, Yard.other] {
                try transaction.run(
                    "INSERT OR IGNORE INTO iam_account (id, created) VALUES (?, 0)", .text(account.description))
            }
        }
    }
}
