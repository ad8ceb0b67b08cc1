import AWS
import Authorization
import Testing

/// Defends: an access control list gives exactly what AWS's table says, to exactly those it names, and nothing while lists do
/// not count. Every grant against every caller and action, each answer worked out a second time from the table.
@Suite struct AccessListTests {
    private static let own = number("111122223333")
    private static let other = number("444455556666")
    private static let third = number("777788889999")

    private static func number(_ digits: String) -> AccountID {
        guard let account = AccountID(digits) else { preconditionFailure("an account has twelve digits") }
        return account
    }

    private enum Caller: CaseIterable {
        case ownUser, otherUser, otherUserAllowed, otherRoot, thirdUserAllowed, anonymous, logService

        var subject: Subject {
            switch self {
            case .ownUser: user(own)
            case .otherUser, .otherUserAllowed: user(other)
            case .thirdUserAllowed: user(third)
            case .otherRoot: Subject(kind: .root, account: other, arn: "arn:aws:iam::\(other):root")
            case .anonymous: .anonymous
            case .logService: Subject(kind: .service, name: "logging.s3.amazonaws.com")
            }
        }

        private func user(_ account: AccountID) -> Subject {
            Subject(kind: .user, account: account, arn: "arn:aws:iam::\(account):user/u", uniqueID: "AIDAX")
        }

        var hasPolicy: Bool { self == .otherUserAllowed || self == .thirdUserAllowed }
    }

    /// - Source: S3 User Guide, "Access control list (ACL) overview", "Mapping of ACL permissions and access policy permissions".
    private static let table: [(permission: S3Access.Permission, bucket: [String], object: [String])] = [
        (
            .read, ["ListBucket", "ListBucketVersions", "ListBucketMultipartUploads"],
            ["GetObject", "GetObjectVersion", "GetObjectTorrent"]
        ),
        (.write, ["PutObject"], []),
        (.readACP, ["GetBucketAcl"], ["GetObjectAcl", "GetObjectVersionAcl"]),
        (.writeACP, ["PutBucketAcl"], ["PutObjectAcl", "PutObjectVersionAcl"]),
    ]
    private static let actions =
        table.flatMap { $0.bucket + $0.object } + [
            "DeleteObject", "DeleteObjectVersion", "GetObjectTagging", "PutBucketPolicy", "DeleteBucket",
            "AbortMultipartUpload",
        ]
    private static let grantees: [S3Access.Grantee] = [
        .allUsers, .authenticatedUsers, .logDelivery, .anonymous, .account(own), .account(other),
    ]
    private static let allow = CompiledPolicy(
        stored: Array(#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#.utf8), as: .identity)

    private func decided(_ caller: Caller, _ action: String, _ access: S3Access) -> Bool {
        let isOfBucket = action.contains("Bucket")
        let question = Question(
            caller.subject, ActionName("s3:" + action),
            on: ResourceName("arn:aws:s3:::box" + (isOfBucket ? "" : "/key")), of: AccessListTests.own)
        var policies = PolicySet()
        if caller.hasPolicy { policies.identity = [NamedPolicy(AccessListTests.allow)] }
        policies.s3 = access
        return decide(question, under: policies, in: .init()).isAllowed
    }

    private func names(_ grantee: S3Access.Grantee, _ caller: Caller, ignoring: Bool) -> Bool {
        switch (grantee, caller) {
        case (.allUsers, let caller): !ignoring && (caller != .otherUser)
        case (.authenticatedUsers, let caller):
            !ignoring && [.ownUser, .otherUserAllowed, .otherRoot, .thirdUserAllowed].contains(caller)
        case (.logDelivery, let caller): caller == .logService
        case (.anonymous, let caller): !ignoring && caller == .anonymous
        case (.account(let account), let caller):
            account == AccessListTests.other && [.otherUserAllowed, .otherRoot].contains(caller)
        }
    }

    @Test(arguments: [true, false], [true, false])
    func givesWhatTheTableSays(ofBucket: Bool, ignoring: Bool) {
        // A user of the owner's account is let in by a group; by the name of his account only with a policy of his own.
        for grantee in AccessListTests.grantees {
            for permission in [S3Access.Permission.read, .write, .readACP, .writeACP, .fullControl] {
                var access = S3Access()
                access.ownership = .objectWriter
                access.ignoresPublicACLs = ignoring
                let grants = [S3Access.Grant(grantee, permission)]
                if ofBucket { access.bucketACL = grants } else { access.objectACL = grants }
                for action in AccessListTests.actions {
                    let isGiven = AccessListTests.table.contains { row in
                        (permission == row.permission || permission == .fullControl)
                            && (ofBucket ? row.bucket : row.object).contains(action)
                    }
                    for caller in Caller.allCases {
                        let expected = isGiven && names(grantee, caller, ignoring: ignoring)
                        #expect(
                            decided(caller, action, access) == expected,
                            "\(permission) to \(grantee), \(caller), \(action)")
                    }
                    access.ownership = .bucketOwnerEnforced
                    #expect(Caller.allCases.allSatisfy { !decided($0, action, access) })
                    access.ownership = .objectWriter
                }
            }
        }
    }

    @Test func writeReplacesAndDeletesOnlyWhatIsOnesOwn() {
        var access = S3Access()
        access.ownership = .bucketOwnerPreferred
        access.bucketACL = [.init(.allUsers, .write)]
        for action in ["PutObject", "DeleteObject"] {
            access.objectExists = true
            (access.objectOwner, access.isObjectAnonymous) = (nil, false)
            #expect(decided(.ownUser, action, access))
            #expect(!decided(.otherUserAllowed, action, access) && !decided(.anonymous, action, access))
            access.objectOwner = AccessListTests.other
            #expect(decided(.ownUser, action, access) && decided(.otherUserAllowed, action, access))
            #expect(decided(.otherRoot, action, access) && !decided(.otherUser, action, access))
            #expect(!decided(.thirdUserAllowed, action, access) && !decided(.anonymous, action, access))
            (access.objectOwner, access.isObjectAnonymous) = (nil, true)
            #expect(decided(.ownUser, action, access) && decided(.anonymous, action, access))
            #expect(!decided(.otherUserAllowed, action, access))
        }
    }

    @Test func theBucketsPolicyOnlyDeniesObjectsOfOthers() {
        // Its Allow gives nothing, to its own account neither; its Deny holds; and deleting is the bucket owner's to allow.
        func policy(_ effect: String) -> NamedPolicy {
            NamedPolicy(
                CompiledPolicy(
                    stored: Array(
                        #"{"Statement":{"Effect":"\#(effect)","Principal":"*","Action":"s3:*","Resource":"*"}}"#.utf8),
                    as: .resource(service: "s3")))
        }
        var access = S3Access()
        (access.ownership, access.objectOwner, access.objectExists) = (.objectWriter, AccessListTests.other, true)
        func decided(_ caller: Caller, _ action: String, _ effect: String) -> Decision {
            var policies = PolicySet()
            if caller.hasPolicy { policies.identity = [NamedPolicy(AccessListTests.allow)] }
            (policies.resource, policies.s3) = (policy(effect), access)
            return decide(
                Question(
                    caller.subject, ActionName("s3:" + action), on: ResourceName("arn:aws:s3:::box/key"),
                    of: AccessListTests.own), under: policies, in: .init())
        }
        for caller in Caller.allCases {
            let isOwners = [.otherUserAllowed, .otherRoot].contains(caller)
            let read = decided(caller, "GetObject", "Allow")
            #expect(read.isAllowed == isOwners, "\(caller)")
            #expect(read.statement == nil || read.layer == .identity)
            #expect(!decided(caller, "GetObject", "Deny").isAllowed)
            #expect(decided(caller, "DeleteObject", "Allow").isAllowed == (caller != .otherUser), "\(caller)")
        }
        access.objectOwner = nil
        access.isObjectAnonymous = true
        access.objectACL = [.init(.anonymous, .fullControl)]
        for caller in Caller.allCases {
            #expect(decided(caller, "GetObject", "Allow").isAllowed == (caller == .anonymous), "\(caller)")
        }
    }

    @Test func whatAListGaveIsTold() {
        var access = S3Access()
        access.ownership = .objectWriter
        access.objectACL = [.init(.allUsers, .read)]
        var policies = PolicySet()
        policies.s3 = access
        let question = Question(
            .anonymous, ActionName("s3:GetObject"), on: ResourceName("arn:aws:s3:::box/key"), of: AccessListTests.own)
        let lines = ExplanationText(explain(question, under: policies, in: .init())).lines
        #expect(lines.first == "Allowed: by what an access control list grants")
        policies.s3?.ignoresPublicACLs = true
        #expect(
            ExplanationText(explain(question, under: policies, in: .init())).lines.first?.hasPrefix("Denied") == true)
    }
}
