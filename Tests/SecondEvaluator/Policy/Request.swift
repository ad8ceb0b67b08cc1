/// One value or several, as the key's declared type has it. Specification 4.1: cardinality is not a count.
struct ContextValue {
    let values: [String]
    let isMultivalued: Bool
}

/// What a vector asks.
struct Request {
    let caller: Caller
    let action: String
    let resource: String
    let owner: String
    let context: [(key: Units, value: ContextValue)]
    let encryptionContext: [(key: String, value: String)]
    let isResourceInManagementAccount: Bool
    let isAWSManagedKey: Bool
    let isServiceLinkedTarget: Bool
    let hasResourceType: Bool

    init(_ tree: Tree) {
        caller = Caller(tree["principal"] ?? .null)
        action = tree["action"]?.string ?? ""
        resource = tree["resource"]?.string ?? ""
        owner = tree["resourceAccount"]?.string ?? ""
        context = (tree["context"] ?? .null).members.map { name, value in
            if case .array(let values) = value {
                return (name.lowercased().units, ContextValue(values: values.compactMap(\.scalar), isMultivalued: true))
            }
            return (name.lowercased().units, ContextValue(values: [value.scalar ?? ""], isMultivalued: false))
        }
        encryptionContext = (tree["encryptionContext"] ?? .null).members.map { ($0.name, $0.value.string ?? "") }
        isResourceInManagementAccount = tree["resourceInManagementAccount"]?.isTrue ?? false
        isAWSManagedKey = tree["awsManagedKey"]?.isTrue ?? false
        isServiceLinkedTarget = tree["serviceLinkedTarget"]?.isTrue ?? false
        // 3.3: what is asked on `*` has no resource type.
        hasResourceType = !(tree["wildcardOnlyAction"]?.isTrue ?? false) && resource != "*"
    }

    /// Nil for an absent key. Names are case-insensitive, tag keys in them too. Specification 4.1.
    func value(of key: String) -> ContextValue? {
        let name = key.lowercased().units
        return context.first { $0.key == name }?.value
    }

    func isAction(_ name: String) -> Bool { action.isText(ignoringCase: name) }
}

/// Who calls. Specification 5.1 and 5.2.
struct Caller {
    enum Kind: String {
        case user, root, service, anonymous, saml, role
        case roleSession = "role-session"
        case federatedUser = "federated-user"
        case webIdentity = "web-identity"
    }

    let kind: Kind
    let arn: String?
    let account: String?
    /// The role of a session, the user of a federated session.
    let parent: String?
    /// The service, or the provider.
    let name: String?
    let isServiceLinked: Bool
    let isInManagementAccount: Bool

    init(_ tree: Tree) {
        kind = Kind(rawValue: tree["type"]?.string ?? "") ?? .anonymous
        arn = tree["arn"]?.string
        account = tree["account"]?.string
        parent = (tree["roleArn"] ?? tree["userArn"])?.string
        name = (tree["service"] ?? tree["provider"])?.string
        isServiceLinked = tree["serviceLinked"]?.isTrue ?? false
        isInManagementAccount = tree["managementAccount"]?.isTrue ?? false
    }

    /// Whether policies of its own count: not for root, services, anonymous and provider callers. Specification 5.1.
    var hasOwnPolicies: Bool {
        switch kind {
        case .user, .roleSession, .role, .federatedUser: true
        case .root, .service, .anonymous, .webIdentity, .saml: false
        }
    }

    /// Whether a session policy can be passed. Specification 5.1.
    var isSession: Bool { kind == .roleSession || kind == .role || kind == .federatedUser }

    /// Whether it stands in an account whose SCPs count. Specification 5.1.
    var isInAccount: Bool { hasOwnPolicies || kind == .root }
}
