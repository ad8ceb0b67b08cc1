import AWS
import Authorization
@testable import Door
import Journal
import S3API
@testable import S3Service
import Smithy
import Storage
import Testing

/// Defends: access control lists bear on every call as AWS says, in one decision with the policies, and only where the
/// bucket's ownership lets them.
@Suite struct AccessListTests: ListTests {
    let yard: Yard
    init() async throws {
        yard = try Yard()
        try await yard.foundAccounts()
    }

    // MARK: Where lists do not count

    @Test("a new bucket refuses lists, but the one that says what is so anyway")
    func enforced() async throws {
        try await makeBucket(nil, open: false)
        try await yard.put("k", [1]) { $0.aCL = .bucketOwnerFullControl }
        let refusal = "AccessControlListNotSupported"
        for name in [S3.ObjectCannedACL.private, .publicRead, .bucketOwnerRead] {
            #expect(await yard.code { try await yard.put("l", [1]) { $0.aCL = name } } == refusal)
            #expect(await yard.code { try await setObject { $0.aCL = name } } == refusal)
        }
        #expect(await yard.code { try await yard.put("l", [1]) { $0.grantRead = "id=\(otherID)" } } == refusal)
        #expect(await yard.code { try await setBucket { $0.aCL = .private } } == refusal)
        #expect(await yard.code { try await setBucket { $0.grantFullControl = "id=\(ownID)" } } == refusal)
        #expect(await yard.code { try await setBucket { _ in } } == "MissingSecurityHeader")
        let full = S3.Grant(grantee: S3.Grantee(iD: ownID, type: .canonicalUser), permission: .fullControl)
        let same = S3.AccessControlPolicy(grants: [full], owner: S3.Owner(iD: ownID))
        try await setBucket { $0.accessControlPolicy = same }
        try await setObject { $0.accessControlPolicy = same }
        try await setObject { $0.aCL = .bucketOwnerFullControl }
        var more = same
        more.grants?.append(S3.Grant(grantee: S3.Grantee(iD: ownID, type: .canonicalUser), permission: .read))
        let other = more
        #expect(await yard.code { try await setBucket { $0.accessControlPolicy = other } } == refusal)
        #expect(try await bucketList() == ["own", "own:FULL_CONTROL"])
        #expect(try await objectList() == ["own", "own:FULL_CONTROL"])
        #expect(await yard.code { _ = try await yard.get("l") } == "NoSuchKey")
    }

    @Test("who turns lists off must have given nothing away by the bucket's; what there was comes back with them")
    func switching() async throws {
        try await makeBucket(.objectWriter)
        try await setBucket { ($0.grantRead, $0.grantWrite) = ("id=\(otherID)", "id=\(otherID)") }
        try await yard.put("k", [1], as: yard.stranger)
        try await yard.put("p", [1]) { $0.aCL = .publicRead }
        #expect(
            await yard.code { try await own(.bucketOwnerEnforced) } == "InvalidBucketAclWithObjectOwnership")
        try await setBucket { $0.aCL = .private }
        try await own(.bucketOwnerEnforced)
        #expect(try await objectList() == ["own", "own:FULL_CONTROL"])
        #expect(try await yard.get("k").content == [1])
        #expect(await denied { _ = try await yard.get("p", as: yard.nobody) })
        #expect(await denied { _ = try await yard.get("k", as: yard.stranger) })
        try await yard.put("n", [1])
        try await own(.bucketOwnerPreferred)
        #expect(try await objectList("k", yard.stranger) == ["other", "other:FULL_CONTROL"])
        #expect(await denied { _ = try await yard.get("k") })
        #expect(try await yard.get("p", as: yard.nobody).content == [1])
        #expect(try await objectList("n") == ["own", "own:FULL_CONTROL"])
    }

    @Test("ownership is set, told and taken away")
    func ownership() async throws {
        try await makeBucket(.bucketOwnerPreferred)
        func told() async throws -> String? {
            try await yard.gate.run(
                GetBucketOwnershipControls(buckets: yard.buckets), S3.GetBucketOwnershipControls.Input(bucket: "b-1"),
                yard.root
            ).ownershipControls?.rules.first?.objectOwnership.rawValue
        }
        #expect(try await told() == "BucketOwnerPreferred")
        for name in [S3.ObjectOwnership.objectWriter, .bucketOwnerEnforced] {
            try await own(name)
            #expect(try await told() == name.rawValue)
        }
        for _ in 0..<2 {
            _ = try await yard.gate.run(
                DeleteBucketOwnershipControls(buckets: yard.buckets),
                S3.DeleteBucketOwnershipControls.Input(bucket: "b-1"), yard.root)
            #expect(await yard.code { _ = try await told() } == "OwnershipControlsNotFoundError")
        }
        try await setBucket { $0.grantWrite = "id=\(otherID)" }
        try await yard.put("k", [1], as: yard.stranger)
        #expect(try await list(yard.root) == ["k:other"])
        try await own(.bucketOwnerPreferred)
        #expect(try await list(yard.root) == ["k:other"])
    }

    // MARK: What they give

    @Test("READ lists, WRITE makes; what is there is replaced and deleted by its owner and the bucket's alone")
    func bucketGrants() async throws {
        try await makeBucket(.objectWriter)
        try await yard.put("mine", [1])
        #expect(await denied { _ = try await list(yard.stranger) })
        try await setBucket { $0.grantRead = "id=\(otherID)" }
        #expect(try await list(yard.stranger) == ["mine:own"])
        #expect(await denied { try await yard.put("k", [1], as: yard.stranger) })
        // Who may list learns what is missing; what is there is told by its own list.
        #expect(await denied { _ = try await yard.get("mine", as: yard.stranger) })
        #expect(await yard.code { _ = try await yard.get("absent", as: yard.stranger) } == "NoSuchKey")
        #expect(await denied { _ = try await yard.get("absent", as: yard.nobody) })
        #expect(await denied { try await yard.delete("absent", as: yard.stranger) })
        try await setBucket { $0.grantWrite = "id=\(otherID)" }
        #expect(await denied { _ = try await list(yard.stranger) })
        try await yard.put("k", [1], as: yard.stranger)
        try await yard.put("k", [2], as: yard.stranger)
        #expect(await denied { try await yard.put("mine", [2], as: yard.stranger) })
        #expect(await denied { try await yard.delete("mine", as: yard.stranger) })
        #expect(await denied { _ = try await bucketList(yard.stranger) })
        #expect(await denied { _ = try await yard.get("k") })
        #expect(await denied { _ = try await objectList("k") })
        #expect(try await yard.get("k", as: yard.stranger).content == [2])
        try await yard.delete("k", as: yard.stranger)
        try await yard.put("l", [1], as: yard.stranger)
        try await yard.put("l", [3])
        #expect(try await yard.get("l").content == [3])
        #expect(try await objectList("l") == ["own", "own:FULL_CONTROL"])
        try await yard.put("m", [1], as: yard.stranger)
        try await yard.delete("m")
        try await setBucket { $0.grantReadACP = "id=\(otherID)" }
        #expect(try await bucketList(yard.stranger) == ["own", "other:READ_ACP"])
        #expect(await denied { try await setBucket(yard.stranger) { $0.aCL = .private } })
        try await setBucket { $0.grantWriteACP = "id=\(otherID)" }
        try await setBucket(yard.stranger) { $0.aCL = .private }
        #expect(try await bucketList() == ["own", "own:FULL_CONTROL"])
    }

    @Test("an object's list gives what it says; users of another account need their own account's leave besides")
    func objectGrants() async throws {
        try await makeBucket(.bucketOwnerPreferred)
        let bare = try await yard.user("bare", of: Yard.other)
        let able = try await yard.user("able", Self.everything, of: Yard.other)
        try await yard.put("k", [1]) { $0.grantRead = "id=\(otherID)" }
        #expect(try await objectList() == ["own", "other:READ"])
        for facts in [yard.stranger, able] { #expect(try await yard.get("k", as: facts).content == [1]) }
        for facts in [bare, yard.nobody] { #expect(await denied { _ = try await yard.get("k", as: facts) }) }
        #expect(await denied { _ = try await objectList("k", able) })
        try await setObject { $0.grantReadACP = "id=\(otherID)" }
        #expect(try await objectList("k", able) == ["own", "other:READ_ACP"])
        #expect(await denied { _ = try await yard.get("k", as: able) })
        try await setObject { $0.grantWriteACP = "id=\(otherID)" }
        try await setObject("k", able) { $0.aCL = .authenticatedRead }
        // The owner stays, whoever writes the list.
        #expect(try await objectList() == ["own", "own:FULL_CONTROL", "AuthenticatedUsers:READ"])
        #expect(await denied { _ = try await yard.get("k", as: yard.nobody) })
        #expect(await denied { _ = try await yard.get("k", as: bare) })
        #expect(try await yard.get("k", as: able).content == [1])
        #expect(await yard.code { try await setObject("absent") { $0.aCL = .private } } == "NoSuchKey")
        #expect(await denied { try await setObject("absent", able) { $0.aCL = .private } })
        // A new object in its place begins with a list of its own.
        try await yard.put("k", [2])
        #expect(try await objectList() == ["own", "own:FULL_CONTROL"])
    }

    private static let everything =
        #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#

    @Test("an explicit Deny wins over any list, the caller's own included")
    func denies() async throws {
        try await makeBucket(.objectWriter)
        try await yard.put("k", [1]) { $0.aCL = .publicRead }
        let barred = try await yard.user(
            "barred", #"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}}"#)
        let plain = try await yard.user("plain")
        #expect(await denied { _ = try await yard.get("k", as: barred) })
        for facts in [plain, yard.nobody] { #expect(try await yard.get("k", as: facts).content == [1]) }
        try await yard.setPolicy(Self.bucketPolicy("Deny"), on: "b-1")
        #expect(await denied { _ = try await yard.get("k", as: yard.nobody) })
        #expect(await denied { _ = try await yard.get("k", as: plain) })
    }

    private static func bucketPolicy(_ effect: String) -> String {
        #"{"Version":"2012-10-17","Statement":{"Effect":"\#(effect)","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b-1/*"}}"#
    }

    @Test("the bucket's policy gives nothing of an object that another account owns")
    func foreignObjects() async throws {
        try await makeBucket(.objectWriter)
        try await setBucket { $0.grantWrite = "id=\(otherID)" }
        try await yard.put("k", [1], as: yard.stranger)
        try await yard.setPolicy(Self.bucketPolicy("Allow"), on: "b-1")
        for facts in [yard.root, yard.nobody] { #expect(await denied { _ = try await yard.get("k", as: facts) }) }
        try await yard.put("mine", [1])
        #expect(try await yard.get("mine", as: yard.nobody).content == [1])
        try await setObject("k", yard.stranger) { $0.aCL = .bucketOwnerRead }
        #expect(try await yard.get("k").content == [1])
        #expect(await denied { _ = try await yard.get("k", as: yard.nobody) })
        try await yard.setPolicy(Self.bucketPolicy("Deny"), on: "b-1")
        #expect(await denied { _ = try await yard.get("k", as: yard.stranger) })
    }

    @Test("an object is its writer's, unless the bucket's owner is preferred and the writer agrees")
    func writers() async throws {
        try await makeBucket(.objectWriter)
        try await setBucket { $0.grantWrite = "id=\(otherID)" }
        try await yard.put("k", [1], as: yard.stranger) { $0.aCL = .bucketOwnerFullControl }
        #expect(try await objectList() == ["other", "other:FULL_CONTROL", "own:FULL_CONTROL"])
        #expect(try await yard.get("k").content == [1])
        try await own(.bucketOwnerPreferred)
        try await yard.put("k", [2], as: yard.stranger) { $0.aCL = .bucketOwnerRead }
        #expect(try await objectList("k", yard.stranger) == ["other", "other:FULL_CONTROL", "own:READ"])
        try await yard.put("k", [3], as: yard.stranger) { $0.aCL = .bucketOwnerFullControl }
        #expect(try await objectList() == ["own", "own:FULL_CONTROL"])
        #expect(await denied { _ = try await yard.get("k", as: yard.stranger) })
        // To set a list with the object takes a leave of its own, of the writer's account where it will own the object.
        let putter = try await yard.user(
            "putter",
            #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}}"#,
            of: Yard.other)
        try await yard.put("l", [1], as: putter)
        try await yard.put("m", [1], as: putter) { $0.aCL = .bucketOwnerFullControl }
        #expect(await denied { try await yard.put("n", [1], as: putter) { $0.aCL = .private } })
        #expect(try await list(yard.root) == ["k:own", "l:other", "m:own"])
    }

    @Test("what nobody signed belongs to the anonymous user, and only its list lets others in")
    func anonymousWriter() async throws {
        try await makeBucket(.objectWriter)
        try await setBucket { $0.aCL = .publicReadWrite }
        try await yard.put("k", [1], as: yard.nobody)
        #expect(try await objectList("k", yard.nobody) == ["anonymous", "anonymous:FULL_CONTROL"])
        for facts in [yard.root, yard.stranger] { #expect(await denied { _ = try await yard.get("k", as: facts) }) }
        #expect(try await yard.get("k", as: yard.nobody).content == [1])
        try await setObject("k", yard.nobody) { $0.aCL = .bucketOwnerFullControl }
        #expect(try await yard.get("k").content == [1])
        try await block { $0.ignorePublicAcls = true }
        #expect(await denied { _ = try await yard.get("k", as: yard.nobody) })
        #expect(try await yard.get("k").content == [1])
        try await yard.delete("k")
    }
}
