public import AWS

/// A KMS grant, as far as a decision needs it.
/// - Source: KMS Developer Guide, "Grants in AWS KMS".
public struct KMSGrant: Sendable, Hashable {
    /// The ARN of a user, role, role session or account, or a service name.
    public var grantee: String
    /// Such as `Decrypt`.
    public var operations: Set<String>
    public var retiringPrincipal: String?
    /// The encryption context must hold these pairs.
    public var contextSubset: [String: String]?
    /// The encryption context must be exactly these pairs.
    public var contextEquals: [String: String]?
    /// Who made the grant; nil is the key's account.
    public var issuingAccount: AccountID?

    /// A grant without constraints, made by the key's account.
    public init(grantee: String, operations: Set<String>) { (self.grantee, self.operations) = (grantee, operations) }

    /// How the grant reaches the caller for this question.
    func reach(_ question: Question) -> Reach {
        guard question.action.service == "kms" else { return [] }
        let holds = operations.contains { ASCII.lowercased($0) == question.action.name }
        if question.isRetireGrant {
            let retiring = retiringPrincipal.map { KMSGrant.reach($0, question.subject) } ?? []
            return holds ? retiring.union(KMSGrant.reach(grantee, question.subject)) : retiring
        }
        guard holds, question.action.name == "describekey" || constraintsHold(for: question.encryptionContext) else {
            return []
        }
        return KMSGrant.reach(grantee, question.subject)
    }

    /// DescribeKey and RetireGrant take no encryption context: constraints are not asked there.
    /// - Source: KMS API Reference, "CreateGrant", on Constraints.
    public func constraintsHold(for context: [String: String]) -> Bool {
        if let contextEquals, contextEquals.count != context.count || !KMSGrant.contains(context, contextEquals) {
            return false
        }
        return contextSubset.map { KMSGrant.contains(context, $0) } ?? true
    }

    /// Names without regard to case, values byte for byte.
    /// - Source: KMS API Reference, "GrantConstraints".
    private static func contains(_ context: [String: String], _ pairs: [String: String]) -> Bool {
        pairs.allSatisfy { pair in
            let name = ConditionKey(pair.key)
            return context.contains {
                name.isNamed($0.key) && LowercaseText.same($0.value, pair.value)
            }
        }
    }

    private static func reach(_ principal: String, _ subject: Subject) -> Reach {
        principal.utf8.contains(UInt8(ascii: ":")) || PrincipalPattern.isAccount(principal[...].utf8)
            ? PrincipalPattern(aws: principal).reach(subject)
            : PrincipalPattern.service(principal).reach(subject)
    }
}
