import AWS
public import Authorization

/// One decision vector: a question with every policy that bears on it, and the verdict it should have.
///
/// The format is told in `Tests/AuthorizationTests/Vectors/README.md`.
public struct DecisionVector: Sendable {
    /// Who asks for what.
    public let question: Question
    /// Every policy that bears on the question.
    public let policies: PolicySet
    /// Complete: an absent key is absent.
    public let context: RequestContext
    /// The outcome wanted, by the simulator's names.
    public let decision: String
    /// The layer wanted, where the vector names one.
    public let by: String?
}

/// The parts of a decision vector as they are read; `vector` puts them together.
struct DecisionVectorParts {
    var subject: Subject?
    var action: String?
    var resource: String?
    var resourceAccount: AccountID?
    var isResourceInManagementAccount = false
    var isAWSManagedKey = false
    var isServiceLinkedTarget = false
    var isWildcardOnlyAction = false
    var encryptionContext: [String: String] = [:]
    var context = RequestContext()
    var policies = PolicySet()
    var resourceText: [UInt8]?
    var resourceKind = "standard"

    mutating func readRequest(_ reader: inout FieldReader) throws {
        try reader.object { reader, name in
            switch name {
            case "principal": subject = try DecisionVectorParts.subject(&reader)
            case "action": action = try reader.string()
            case "resource": resource = try reader.string()
            case "resourceAccount":
                resourceAccount = AccountID(try reader.scalar())
                if resourceAccount == nil { reader.complain("no account id") }
            case "context": try readContext(&reader)
            case "resourceInManagementAccount": isResourceInManagementAccount = try reader.bool()
            case "awsManagedKey": isAWSManagedKey = try reader.bool()
            case "serviceLinkedTarget": isServiceLinkedTarget = try reader.bool()
            case "wildcardOnlyAction": isWildcardOnlyAction = try reader.bool()
            case "encryptionContext":
                encryptionContext = Dictionary(
                    try reader.scalarsByName().map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
            default: return false
            }
            return true
        }
    }

    /// A list is a multivalued key, whatever its length; everything else is single-valued.
    private mutating func readContext(_ reader: inout FieldReader) throws {
        try reader.object { reader, name in
            let isList = try reader.isArray()
            let values = try reader.scalars()
            context.set(ConditionKey(name), isList ? .multiple(values) : .single(values[0]))
            return true
        }
    }

    private static let kinds: [String: Subject.Kind] = [
        "user": .user, "role-session": .roleSession, "role": .role, "federated-user": .federatedUser, "root": .root,
        "service": .service, "anonymous": .anonymous, "web-identity": .webIdentity, "saml": .saml,
    ]

    private static func subject(_ reader: inout FieldReader) throws -> Subject? {
        var texts: [String: String] = [:]
        var isServiceLinked = false
        var isInManagementAccount = false
        try reader.object { reader, name in
            switch name {
            case "type", "arn", "account", "roleArn", "userArn", "service", "provider":
                texts[name] = try reader.scalar()
            case "serviceLinked": isServiceLinked = try reader.bool()
            case "managementAccount": isInManagementAccount = try reader.bool()
            default: return false
            }
            return true
        }
        guard let type = texts["type"], let kind = kinds[type] else {
            reader.complain("no principal of type \(texts["type"] ?? "none")")
            return nil
        }
        let account = texts["account"].map { AccountID($0) }
        if case .some(nil) = account { reader.complain("no account id") }
        return Subject(
            kind: kind, account: account ?? nil, arn: texts["arn"], parentARN: texts["roleArn"] ?? texts["userArn"],
            name: texts["service"] ?? texts["provider"], isServiceLinked: isServiceLinked,
            isInManagementAccount: isInManagementAccount)
    }

    mutating func readPolicies(_ reader: inout FieldReader) throws {
        try reader.object { reader, name in
            switch name {
            case "identity": policies.identity = try DecisionVectorParts.list(&reader, as: .identity, "identity")
            case "resource": resourceText = try reader.policy()
            case "resourceKind": resourceKind = try reader.string()
            case "boundary": policies.boundary = try DecisionVectorParts.policy(&reader, as: .managed, "boundary")
            case "session":
                policies.session =
                    try reader.isArray()
                    ? DecisionVectorParts.list(&reader, as: .session, "session")
                    : [DecisionVectorParts.policy(&reader, as: .session, "session")]
            case "scps": policies.scps = try DecisionVectorParts.levels(&reader, as: .scp, "SCP")
            case "rcps": policies.rcps = try DecisionVectorParts.levels(&reader, as: .rcp, "RCP")
            case "endpoint": policies.endpoint = try DecisionVectorParts.policy(&reader, as: .endpoint, "endpoint")
            case "s3": policies.s3 = try S3Access(&reader)
            case "kmsGrants":
                try reader.array { reader in
                    if let grant = try KMSGrant(&reader) { policies.grants.append(grant) }
                }
            default: return false
            }
            return true
        }
        setResource(&reader)
    }

    /// After all fields: the kind may be told behind the document.
    private mutating func setResource(_ reader: inout FieldReader) {
        let kind: PolicyKind
        switch resourceKind {
        case "standard": kind = .resource(service: "s3")
        case "role-trust": (kind, policies.resourceKind) = (.trust, .roleTrust)
        case "kms-key": (kind, policies.resourceKind) = (.keyPolicy, .kmsKey)
        default: return reader.complain("no kind of resource policy: \(resourceKind)")
        }
        policies.resource = resourceText.map { NamedPolicy(CompiledPolicy(stored: $0, as: kind), name: "resource") }
    }

    private static func policy(_ reader: inout FieldReader, as kind: PolicyKind, _ name: String) throws -> NamedPolicy {
        NamedPolicy(CompiledPolicy(stored: try reader.policy(), as: kind), name: name)
    }

    private static func list(_ reader: inout FieldReader, as kind: PolicyKind, _ name: String) throws -> [NamedPolicy] {
        var policies: [NamedPolicy] = []
        try reader.array { reader in
            policies.append(try policy(&reader, as: kind, "\(name) \(policies.count + 1)"))
        }
        return policies
    }

    private static func levels(_ reader: inout FieldReader, as kind: PolicyKind, _ name: String) throws
        -> [[NamedPolicy]]
    {
        var levels: [[NamedPolicy]] = []
        try reader.array { reader in
            levels.append(try list(&reader, as: kind, "\(name) of level \(levels.count)"))
        }
        return levels
    }

    /// Nil where a part is missing, which is complained of.
    func vector(_ reader: inout FieldReader, expecting decision: String?, by: String?) -> DecisionVector? {
        guard let subject else {
            reader.complain("no principal")
            return nil
        }
        guard let action, let resource else {
            reader.complain("no action or no resource")
            return nil
        }
        guard let decision, Decision.Outcome(rawValue: decision) != nil else {
            reader.complain("no decision expected that there is")
            return nil
        }
        var question = Question(subject, ActionName(action), on: ResourceName(resource), of: resourceAccount)
        question.isResourceInManagementAccount = isResourceInManagementAccount
        question.isAWSManagedKey = isAWSManagedKey
        question.isServiceLinkedTarget = isServiceLinkedTarget
        if isWildcardOnlyAction { question.hasResourceType = false }
        question.encryptionContext = encryptionContext
        return DecisionVector(question: question, policies: policies, context: context, decision: decision, by: by)
    }
}
