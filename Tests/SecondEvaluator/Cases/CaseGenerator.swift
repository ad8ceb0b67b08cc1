/// Makes random decision vectors: the request first, and then policies that often nearly speak of it.
public struct CaseGenerator {
    var dice: Dice
    var action = ""
    var resource = ""
    var caller = Tree.null
    var context: [(name: String, value: Tree)] = []

    public init(seed: UInt64) { dice = Dice(seed: seed) }

    /// The next case; `id` is written into it.
    public mutating func next(id: String) -> Tree {
        (action, resource) = dice.pick(Words.questions)
        if action == "sts:GetCallerIdentity" && dice.chance(90) { (action, resource) = Words.questions[0] }
        caller = makeCaller()
        context = makeContext()
        var request: [(name: String, value: Tree)] = [
            ("principal", caller), ("action", .string(action)), ("resource", .string(resource)),
            ("resourceAccount", .string(Words.own)), ("context", .object(context)),
        ]
        if dice.chance(3) { request.append(("resourceInManagementAccount", .bool(true))) }
        if isKMS && dice.chance(8) { request.append(("awsManagedKey", .bool(true))) }
        if isTrust && dice.chance(8) { request.append(("serviceLinkedTarget", .bool(true))) }
        if resource == "*" && dice.chance(60) { request.append(("wildcardOnlyAction", .bool(true))) }
        if isKMS && dice.chance(60) { request.append(("encryptionContext", makeEncryptionContext())) }
        return .object([
            ("id", .string(id)), ("source", .string("differ")), ("request", .object(request)),
            ("policies", makePolicies()),
        ])
    }

    var isKMS: Bool { action.hasPrefix("kms:") }
    var isTrust: Bool { action.hasPrefix("sts:") && resource != "*" }

    // MARK: The request

    private mutating func makeCaller() -> Tree {
        let account = dice.chance(60) ? Words.own : Words.other
        let name = dice.pick("alice", "bob")
        var members: [(name: String, value: Tree)] = []
        func member(_ name: String, _ value: String) { members.append((name, .string(value))) }
        switch dice.below(100) {
        case ..<32:
            member("type", "user")
            member("arn", "arn:aws:iam::\(account):user/\(name)")
            member("account", account)
        case ..<58:
            let isLinked = dice.chance(12)
            let role =
                isLinked
                ? "aws-service-role/x.amazonaws.com/AWSServiceRoleForX" : dice.pick("app", "team/app", "target")
            let last = String(role.split(separator: "/").last ?? "")
            member("type", "role-session")
            member("arn", "arn:aws:sts::\(account):assumed-role/\(last)/s1")
            member("account", account)
            member("roleArn", "arn:aws:iam::\(account):role/\(role)")
            if isLinked { members.append(("serviceLinked", .bool(true))) }
        case ..<62:
            member("type", "role")
            member("arn", "arn:aws:iam::\(account):role/app")
            member("account", account)
            member("roleArn", "arn:aws:iam::\(account):role/app")
        case ..<76:
            member("type", "federated-user")
            member("arn", "arn:aws:sts::\(account):federated-user/\(name)")
            member("account", account)
            member("userArn", "arn:aws:iam::\(account):user/\(name)")
        case ..<86:
            member("type", "root")
            member("arn", "arn:aws:iam::\(account):root")
            member("account", account)
        case ..<91:
            member("type", "service")
            member("service", dice.pick("sns.amazonaws.com", "ec2.amazonaws.com", "logging.s3.amazonaws.com"))
        case ..<95: member("type", "anonymous")
        case ..<98:
            member("type", "web-identity")
            member("provider", dice.pick("arn:aws:iam::111122223333:oidc-provider/idp.example", "accounts.google.com"))
        default:
            member("type", "saml")
            member("provider", "arn:aws:iam::111122223333:saml-provider/Corp")
        }
        if !members.contains(where: { $0.name == "account" }) { return .object(members) }
        if dice.chance(6) { members.append(("managementAccount", .bool(true))) }
        return .object(members)
    }

    private mutating func makeContext() -> [(name: String, value: Tree)] {
        var context: [(name: String, value: Tree)] = []
        for key in Keys.all where dice.chance(55) {
            let name = dice.chance(15) ? changedCase(key.name) : key.name
            if key.isMultivalued {
                let values = (0...dice.below(3)).map { _ in Tree.string(dice.pick(key.values)) }
                context.append((name, .array(values)))
            } else {
                context.append((name, .string(dice.pick(key.values))))
            }
        }
        if let arn = (caller["roleArn"] ?? caller["arn"])?.string {
            context.append(("aws:PrincipalArn", .string(arn)))
        }
        if caller["type"]?.string == "user" || dice.chance(20) {
            context.append(
                (dice.pick("aws:username", "AWS:UserName"), .string(dice.pick("alice", "bob", "*", "a?b", ""))))
        }
        return context
    }

    mutating func makeEncryptionContext() -> Tree {
        var members: [(name: String, value: Tree)] = []
        if dice.chance(70) { members.append(("dept", .string(dice.pick("hr", "it")))) }
        if dice.chance(40) {
            members.append((dice.pick("Stage", "Stage", "STAGE"), .string(dice.pick("test", "Test"))))
        }
        return .object(members)
    }

    mutating func changedCase(_ text: String) -> String {
        dice.chance(50) ? text.uppercased() : text.lowercased()
    }
}

/// The condition keys of the cases.
struct Keys {
    let name: String
    let isMultivalued: Bool
    let values: [String]
    /// The operators that are meant for it begin with one of these.
    let families: [String]

    static let all: [Keys] =
        [
            ("ck:s1", Words.texts, "String"), ("ck:s2", Words.texts, "String"),
            ("aws:PrincipalTag/Team", Words.texts, "String"),
            ("ck:n1", Words.numbers, "Numeric"), ("ck:d1", Words.dates, "Date"), ("ck:b1", Words.booleans, "Bool"),
            ("ck:x1", Words.binaries, "Binary"), ("aws:SourceIp", Words.addresses, "Ip"),
            ("aws:SourceArn", Words.arns, "Arn"),
            ("aws:SourceVpc", ["vpc-1", "vpc-2"], "String"), ("aws:PrincipalOrgID", ["o-1", "o-2"], "String"),
        ].map { Keys(name: $0.0, isMultivalued: false, values: $0.1, families: [$0.2]) }
        + [
            ("ck:multi", Words.texts, "String"), ("aws:TagKeys", ["red", "Red", "blue"], "String"),
            ("ck:mn", Words.numbers, "Numeric"), ("ck:md", Words.dates, "Date"), ("ck:mb", Words.booleans, "Bool"),
            ("ck:mx", Words.binaries, "Binary"), ("ck:mip", Words.addresses, "Ip"), ("ck:marn", Words.arns, "Arn"),
        ].map { Keys(name: $0.0, isMultivalued: true, values: $0.1, families: [$0.2]) }
}
