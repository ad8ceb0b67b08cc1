import AWS
import Authorization
import IAMAPI
@testable import IAMService
import S3API
@testable import S3Service
import Smithy
import Storage
import Testing

/// Defends: a list comes back as it was given, and what is no list is refused by the error that S3 has for it.
@Suite struct AccessListRuleTests {
    private let yard: Yard
    init() async throws {
        yard = try Yard()
        try await yard.foundAccounts()
    }

    private var otherID: String { CanonicalUser.id(of: Yard.other) }

    private func read(_ input: S3.PutBucketAcl.Input) throws -> AccessControlList? {
        try yard.store.read { snapshot in
            try GivenList(input)?.list(
                of: .account(Yard.account), in: Yard.account, yard.buckets.names, snapshot)
        }
    }

    private func code(_ change: (inout S3.PutBucketAcl.Input) -> Void) async -> String? {
        var input = S3.PutBucketAcl.Input()
        input.bucket = "b-1"
        change(&input)
        let made = input
        return await yard.code { _ = try read(made) }
    }

    @Test("every grant is stored and read back")
    func storage() throws {
        let grantees: [S3Access.Grantee] = [
            .allUsers, .authenticatedUsers, .logDelivery, .anonymous, .account(Yard.account), .account(Yard.other),
        ]
        let permissions: [S3Access.Permission] = [.read, .write, .readACP, .writeACP, .fullControl]
        let grants = grantees.flatMap { grantee in permissions.map { S3Access.Grant(grantee, $0) } }
        for count in 0...grants.count {
            let list = AccessControlList(Array(grants.prefix(count)))
            #expect(try AccessControlList(stored: list.stored) == list)
            #expect(list.isPublic == (count > 0) && list.withoutPublic.grants.count == max(0, count - 10))
        }
        #expect(Set(grants.map { AccessControlList([$0]).stored }).count == grants.count)
        for wrong in ["X*", "F", "F12", "R111122223333x"] {
            #expect(throws: (any Error).self) { try AccessControlList(stored: wrong) }
        }
    }

    @Test("the lists with names say what AWS's table says")
    func canned() {
        let (owner, writer) = (ListOwner.account(Yard.account), ListOwner.account(Yard.other))
        func texts(_ name: CannedList, _ owner: ListOwner) -> String { name.list(of: owner, in: Yard.account).stored }
        #expect(texts(.private, owner) == "F111122223333")
        #expect(texts(.publicRead, owner) == "F111122223333 R*")
        #expect(texts(.publicReadWrite, owner) == "F111122223333 R* W*")
        #expect(texts(.authenticatedRead, owner) == "F111122223333 R@")
        #expect(texts(.logDeliveryWrite, owner) == "F111122223333 WL rL")
        #expect(texts(.bucketOwnerRead, owner) == "F111122223333")
        #expect(texts(.bucketOwnerRead, writer) == "F444455556666 R111122223333")
        #expect(texts(.bucketOwnerFullControl, owner) == "F111122223333")
        #expect(texts(.bucketOwnerFullControl, writer) == "F444455556666 F111122223333")
        #expect(texts(.private, .anonymous) == "F-")
    }

    @Test("grants of the header: ids and groups, in quotation marks or not, several in one")
    func header() async throws {
        var input = S3.PutBucketAcl.Input()
        input.grantRead = "id=\"\(otherID)\", uri=http://acs.amazonaws.com/groups/global/AllUsers"
        input.grantFullControl = " ID = \(CanonicalUser.id(of: Yard.account)) "
        #expect(try read(input)?.stored == "F111122223333 R444455556666 R*")
        for wrong in ["", "id", "id=", "id=\"\"", "name=x", "id=\(otherID),", "\(otherID)"] {
            #expect(await code { $0.grantRead = wrong } == "InvalidArgument", "\(wrong)")
        }
        let unknown = CanonicalUser.id(of: try #require(AccountID("999900009999")))
        #expect(await code { $0.grantWrite = "id=\(unknown)" } == "InvalidArgument")
        #expect(await code { $0.grantRead = "id=\(ListOwner.anonymous.canonicalID)" } == "InvalidArgument")
        #expect(await code { $0.grantWrite = "uri=http://acs.amazonaws.com/groups/global/Some" } == "InvalidArgument")
        #expect(await code { $0.grantWrite = "emailAddress=a@example.com" } == "MethodNotAllowed")
        let many = Array(repeating: "id=\(otherID)", count: AccessControlList.limit)
        #expect(await code { $0.grantRead = many.joined(separator: ",") } == nil)
        #expect(await code { $0.grantRead = (many + ["id=\(otherID)"]).joined(separator: ",") } == "MalformedACLError")
    }

    @Test("a body must name the owner, and each grant a grantee and a permission")
    func body() async throws {
        let owner = S3.Owner(iD: CanonicalUser.id(of: Yard.account))
        func grant(_ type: S3.TypeShape, _ permission: S3.Permission? = .read, _ change: (inout S3.Grantee) -> Void)
            -> S3.Grant
        {
            var grantee = S3.Grantee(type: type)
            change(&grantee)
            return S3.Grant(grantee: grantee, permission: permission)
        }
        func code(_ owner: S3.Owner?, _ grants: [S3.Grant]?) async -> String? {
            await self.code { $0.accessControlPolicy = S3.AccessControlPolicy(grants: grants, owner: owner) }
        }
        let user = grant(.canonicalUser) { $0.iD = otherID }
        #expect(await code(owner, [user, grant(.group) { $0.uRI = S3Access.Grantee.groups[0].uri }]) == nil)
        #expect(await code(owner, []) == nil)
        #expect(await code(nil, [user]) == "MalformedACLError")
        #expect(await code(owner, nil) == "MalformedACLError")
        #expect(await code(S3.Owner(iD: otherID), [user]) == "AccessDenied")
        #expect(await code(owner, [grant(.canonicalUser) { _ in }]) == "MalformedACLError")
        #expect(await code(owner, [grant(.group) { _ in }]) == "MalformedACLError")
        #expect(await code(owner, [grant(.canonicalUser, nil) { $0.iD = otherID }]) == "MalformedACLError")
        #expect(await code(owner, [S3.Grant(permission: .read)]) == "MalformedACLError")
        #expect(await code(owner, [grant(.canonicalUser) { $0.iD = "_foo" }]) == "InvalidArgument")
        #expect(await code(owner, [grant(.group) { $0.uRI = "http://example.com" }]) == "InvalidArgument")
        #expect(await code(owner, [grant(.amazonCustomerByEmail) { $0.emailAddress = "a@b" }]) == "MethodNotAllowed")
        #expect(await code(owner, Array(repeating: user, count: 101)) == "MalformedACLError")
    }

    @Test("there is one way to give a list")
    func oneWay() async {
        let body = S3.AccessControlPolicy(grants: [], owner: S3.Owner(iD: CanonicalUser.id(of: Yard.account)))
        #expect(await code { ($0.accessControlPolicy, $0.aCL) = (body, .private) } == "UnexpectedContent")
        #expect(await code { ($0.accessControlPolicy, $0.grantRead) = (body, "id=x") } == "UnexpectedContent")
        #expect(await code { ($0.aCL, $0.grantRead) = (.private, "id=x") } == "InvalidRequest")
        #expect(await code { $0.aCL = .init(rawValue: "aws-exec-read") } == "NotImplemented")
        #expect(await code { $0.aCL = .init(rawValue: "public") } == "InvalidArgument")
    }
}
