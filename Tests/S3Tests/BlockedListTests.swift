import AWS
import Authorization
@testable import Door
import Journal
import S3API
@testable import S3Service
import Smithy
import Storage
import Testing

/// Defends: what Block Public Access does to lists, what a new bucket may have of them, and what is recorded.
@Suite struct BlockedListTests: ListTests {
    let yard: Yard
    init() async throws {
        yard = try Yard()
        try await yard.foundAccounts()
    }

    @Test("public lists are refused where that is blocked, and ignored where that is set, by bucket or account")
    func blocking() async throws {
        try await makeBucket(.objectWriter)
        try await yard.put("k", [1]) { $0.aCL = .publicRead }
        try await setBucket { $0.aCL = .publicRead }
        try await block { $0.blockPublicAcls = true }
        let public_: [S3.ObjectCannedACL] = [.publicRead, .publicReadWrite, .authenticatedRead]
        for name in public_ {
            #expect(await denied { try await yard.put("l", [1]) { $0.aCL = name } })
            #expect(await denied { try await setObject { $0.aCL = name } })
            #expect(await denied { try await setBucket { $0.aCL = .init(rawValue: name.rawValue) } })
        }
        do {
            try await setBucket { $0.grantRead = "uri=\(S3Access.Grantee.groups[0].uri)" }
            Issue.record("a public list was stored")
        } catch let error as any ServiceError {
            #expect(
                error.message
                    == "User: arn:aws:iam::111122223333:root is not authorized to perform: s3:PutBucketAcl on resource: "
                    + "\"arn:aws:s3:::b-1\" because public ACLs are prevented by the BlockPublicAcls setting in S3 Block "
                    + "Public Access.")
        }
        try await yard.put("l", [1]) { $0.grantRead = "id=\(otherID)" }
        try await setBucket { $0.aCL = .init(rawValue: "log-delivery-write") }
        // What there was holds.
        #expect(try await yard.get("k", as: yard.nobody).content == [1])
        for ofAccount in [false, true] {
            try await block { $0.ignorePublicAcls = !ofAccount }
            try await yard.store.write { transaction in
                try AccountBlock.put(ofAccount ? .ignorePublicAcls : [], for: Yard.account, in: &transaction)
            }
            #expect(await denied { _ = try await yard.get("k", as: yard.nobody) })
            #expect(try await objectList() == ["own", "own:FULL_CONTROL"])
            try await setBucket { $0.aCL = .publicRead }
            #expect(try await bucketList() == ["own", "own:FULL_CONTROL"])
            #expect(await denied { _ = try await list(yard.stranger) })
            #expect(try await yard.get("l", as: yard.stranger).content == [1])
        }
        try await yard.store.write { try AccountBlock.put(.blockPublicAcls, for: Yard.account, in: &$0) }
        try await block { _ in }
        #expect(await denied { try await setObject { $0.aCL = .publicRead } })
        #expect(try await list(yard.stranger) == ["k:own", "l:own"])
    }

    @Test("a bucket is made with its ownership and its list, never with a public one")
    func creation() async throws {
        func code(_ change: (inout S3.CreateBucket.Input) -> Void, _ facts: RequestFacts? = nil) async -> String? {
            var input = S3.CreateBucket.Input(bucket: "b-1")
            change(&input)
            let made = input
            return await yard.code {
                _ = try await yard.gate.run(CreateBucket(buckets: yard.buckets), made, facts ?? yard.root)
            }
        }
        #expect(await code { $0.aCL = .publicRead } == "InvalidBucketAclWithObjectOwnership")
        #expect(await code { $0.grantRead = "id=\(otherID)" } == "InvalidBucketAclWithObjectOwnership")
        let public_ = "InvalidBucketAclWithBlockPublicAccessError"
        #expect(await code { ($0.aCL, $0.objectOwnership) = (.publicRead, .objectWriter) } == public_)
        let creator = try await yard.user(
            "creator",
            #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:CreateBucket","Resource":"*"}}"#)
        #expect(await code({ $0.objectOwnership = .bucketOwnerEnforced }, creator) == "AccessDenied")
        #expect(await code({ $0.grantRead = "id=\(otherID)" }, creator) == "AccessDenied")
        #expect(await code({ $0.aCL = .private }, creator) == nil)
        #expect(try await bucketList() == ["own", "own:FULL_CONTROL"])
        _ = try await yard.gate.run(
            DeleteBucket(objects: yard.objects), S3.DeleteBucket.Input(bucket: "b-1"), yard.root)
        #expect(await code { ($0.grantRead, $0.objectOwnership) = ("id=\(otherID)", .objectWriter) } == nil)
        #expect(try await bucketList() == ["own", "other:READ"])
        // Made again, it begins anew.
        #expect(await code { _ in } == nil)
        #expect(try await bucketList() == ["own", "own:FULL_CONTROL"])
        #expect(await code { $0.objectOwnership = .objectWriter } == "BucketAlreadyOwnedByYou")
    }

    @Test("a list is on record as it was given, and what it decided can be decided again")
    func record() async throws {
        try await makeBucket(.objectWriter)
        let owner = S3.Owner(iD: ownID)
        let grants = [
            S3.Grant(grantee: S3.Grantee(iD: ownID, type: .canonicalUser), permission: .fullControl),
            S3.Grant(grantee: S3.Grantee(type: .group, uRI: S3Access.Grantee.groups[0].uri), permission: .read),
        ]
        try await setBucket { $0.accessControlPolicy = S3.AccessControlPolicy(grants: grants, owner: owner) }
        let body = try #require(try await yard.records(1).first)
        let xsi = #""xmlns:xsi":"http://www.w3.org/2001/XMLSchema-instance""#
        #expect(
            body.contains(
                #""requestParameters":{"bucketName":"b-1","Host":"s3.example","acl":"","AccessControlPolicy":{"xmlns":"#
                    + #""http://s3.amazonaws.com/doc/2006-03-01/","Owner":{"ID":"\#(ownID)"},"AccessControlList":{"Grant":["#
                    + #"{"Grantee":{"xsi:type":"CanonicalUser",\#(xsi),"ID":"\#(ownID)"},"Permission":"FULL_CONTROL"},"#
                    + #"{"Grantee":{"xsi:type":"Group",\#(xsi),"URI":"\#(S3Access.Grantee.groups[0].uri)"},"Permission":"READ"}]}}}"#
            ), "\(body)")
        #expect(body.contains(#""eventName":"PutBucketAcl""#) && body.contains(#""managementEvent":true"#))
        try await yard.put("k", [1]) { $0.grantRead = "id=\(ownID)" }
        try await setObject { $0.aCL = .publicRead }
        let named = try #require(try await yard.records(1).first)
        #expect(named.contains(#""key":"k","acl":"","x-amz-acl":"public-read"}"#), "\(named)")
        #expect(named.contains(#""eventName":"PutObjectAcl""#) && named.contains(#""managementEvent":false"#))
        _ = try await list(yard.nobody)
        _ = try await yard.get("k", as: yard.nobody)
        #expect(await denied { try await yard.put("k", [2], as: yard.nobody) })
        _ = try await yard.get("k")
        try await yard.put("l", [1]) { $0.aCL = .bucketOwnerFullControl }
        // What lists alone allowed, and who sets one, is told.
        let newest = try await yard.records(7)
        let needed = newest.map { $0.contains(#""aclRequired":"Yes"}"#) }
        #expect(needed == [false, false, false, true, true, true, true], "\(newest)")
        // Whatever the lists are now.
        try await setObject { $0.aCL = .private }
        try await setBucket { $0.aCL = .private }
        try await yard.journal.settle()
        try yard.store.read { snapshot in
            var lists = 0
            try Journal.scanBackwards(before: nil, snapshot) { _, entry in
                for asked in try PastDecision(entry, in: snapshot)?.questions ?? [] {
                    #expect(asked.isAsThen, "\(entry.name)")
                    if asked.policies.s3?.ownership == .objectWriter { lists += 1 }
                }
                return true
            }
            #expect(lists >= 8)
        }
    }
}
