import AWS
import Authorization

/// One line of a decision vector file, turned into the evaluator's arguments.
struct DecisionVector {
    let id: String
    let question: Question
    let policies: PolicySet
    let context: RequestContext
    let decision: String
    let by: String?

    init(_ tree: JSONTree) throws {
        let request = try require(tree["request"])
        let layers = try require(tree["policies"])
        id = tree["id"]?.string ?? ""
        decision = tree["expected"]?["decision"]?.string ?? ""
        by = tree["expected"]?["by"]?.string
        question = try DecisionVector.question(request)
        context = DecisionVector.context(request)
        policies = try DecisionVector.policies(layers)
    }

    private static func question(_ request: JSONTree) throws -> Question {
        var question = Question(
            try subject(try require(request["principal"])), ActionName(request["action"]?.string ?? ""),
            on: ResourceName(request["resource"]?.string ?? ""), of: AccountID(request["resourceAccount"]?.string ?? "")
        )
        question.isResourceInManagementAccount = request["resourceInManagementAccount"]?.bool ?? false
        question.isAWSManagedKey = request["awsManagedKey"]?.bool ?? false
        question.isServiceLinkedTarget = request["serviceLinkedTarget"]?.bool ?? false
        if request["wildcardOnlyAction"]?.bool == true { question.hasResourceType = false }
        question.encryptionContext = request["encryptionContext"]?.strings ?? [:]
        return question
    }

    private static func subject(_ tree: JSONTree) throws -> Subject {
        let kinds: [String: Subject.Kind] = [
            "user": .user, "role-session": .roleSession, "role": .role, "federated-user": .federatedUser, "root": .root,
            "service": .service, "anonymous": .anonymous, "web-identity": .webIdentity, "saml": .saml,
        ]
        return Subject(
            kind: try require(kinds[tree["type"]?.string ?? ""]),
            account: (tree["account"]?.string).flatMap { AccountID($0) },
            arn: tree["arn"]?.string, parentARN: (tree["roleArn"] ?? tree["userArn"])?.string,
            name: (tree["service"] ?? tree["provider"])?.string, isServiceLinked: tree["serviceLinked"]?.bool ?? false,
            isInManagementAccount: tree["managementAccount"]?.bool ?? false)
    }

    private static func context(_ request: JSONTree) -> RequestContext {
        var context = RequestContext()
        for (key, value) in request["context"]?.members ?? [] {
            if case .array(let values) = value.value {
                context.set(key, values: values.map { $0.string ?? "" })
            } else {
                context.set(key, value.string)
            }
        }
        return context
    }

    private static func policies(_ tree: JSONTree) throws -> PolicySet {
        func policy(_ tree: JSONTree?, _ kind: PolicyKind) -> NamedPolicy? {
            tree.map { NamedPolicy(CompiledPolicy(stored: $0.text, as: kind)) }
        }
        func levels(_ tree: JSONTree?, _ kind: PolicyKind) -> [[NamedPolicy]]? {
            tree?.elements.map { level in level.elements.compactMap { policy($0, kind) } }
        }
        var set = PolicySet()
        set.identity = tree["identity"]?.elements.compactMap { policy($0, .identity) } ?? []
        set.boundary = policy(tree["boundary"], .managed)
        set.session = policy(tree["session"], .session).map { [$0] }
        set.scps = levels(tree["scps"], .scp)
        set.rcps = levels(tree["rcps"], .rcp)
        set.endpoint = policy(tree["endpoint"], .endpoint)
        switch tree["resourceKind"]?.string {
        case "role-trust":
            set.resourceKind = .roleTrust
            set.resource = policy(tree["resource"], .trust)
        case "kms-key":
            set.resourceKind = .kmsKey
            set.resource = policy(tree["resource"], .keyPolicy)
        default: set.resource = policy(tree["resource"], .resource(service: "s3"))
        }
        set.grants = try (tree["kmsGrants"]?.elements ?? []).map(grant)
        set.s3 = try tree["s3"].map(s3)
        return set
    }

    private static func grant(_ tree: JSONTree) throws -> KMSGrant {
        var grant = KMSGrant(
            grantee: try require(tree["grantee"]?.string),
            operations: Set(tree["operations"]?.elements.compactMap(\.string) ?? []))
        grant.retiringPrincipal = tree["retiringPrincipal"]?.string
        grant.contextSubset =
            (tree["constraints"]?["encryptionContextSubset"] ?? tree["constraints"]?["EncryptionContextSubset"])?
            .strings
        grant.contextEquals =
            (tree["constraints"]?["encryptionContextEquals"] ?? tree["constraints"]?["EncryptionContextEquals"])?
            .strings
        let issuer = tree["issuingAccount"] ?? tree["issuerAccount"] ?? tree["issuer"] ?? tree["issuedBy"]
        grant.issuingAccount = (issuer?.string).flatMap { AccountID($0) }
        return grant
    }

    private static func s3(_ tree: JSONTree) throws -> S3Access {
        var access = S3Access()
        access.ownership =
            ["ObjectWriter": .objectWriter, "BucketOwnerPreferred": .bucketOwnerPreferred][
                tree["ownership"]?.string ?? ""] ?? .bucketOwnerEnforced
        access.objectOwner = (tree["objectOwner"]?.string).flatMap { AccountID($0) }
        access.bucketACL = try (tree["bucketAcl"]?.elements ?? []).map(aclGrant)
        access.objectACL = try (tree["objectAcl"]?.elements ?? []).map(aclGrant)
        access.ignoresPublicACLs = tree["bpa"]?["IgnorePublicAcls"]?.bool ?? false
        access.restrictsPublicBuckets = tree["bpa"]?["RestrictPublicBuckets"]?.bool ?? false
        return access
    }

    private static func aclGrant(_ tree: JSONTree) throws -> S3Access.Grant {
        let permission = try require(S3Access.Permission(rawValue: tree["permission"]?.string ?? ""))
        switch tree["uri"]?.string {
        case "http://acs.amazonaws.com/groups/global/AllUsers"?: return .init(.allUsers, permission)
        case "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"?: return .init(.authenticatedUsers, permission)
        case "http://acs.amazonaws.com/groups/s3/LogDelivery"?: return .init(.logDelivery, permission)
        default:
            let account = try require(tree.members.compactMap { $0.1.string.flatMap { AccountID($0) } }.first)
            return .init(.account(account), permission)
        }
    }
}

struct Missing: Error {}

func require<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw Missing() }
    return value
}
