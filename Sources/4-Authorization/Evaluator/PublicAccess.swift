import Formats

/// What S3 calls public.
/// - Source: S3 User Guide, "Blocking public access to your Amazon S3 storage", "The meaning of public".
public enum PublicAccess {
    /// True if a bucket policy is public; worked out when the policy was compiled.
    public static func isPublic(_ policy: CompiledPolicy) -> Bool { policy.isPublic }
    /// True if an access control list grants anything to everyone or to all AWS users.
    public static func isPublic(_ grants: [S3Access.Grant]) -> Bool { grants.contains(where: \.isPublic) }

    /// True if the statement allows a wildcard principal, or a web identity provider, and no fixed value pins it.
    static func isPublic(_ statement: PolicyStatement) -> Bool {
        guard statement.effect == "Allow" else { return false }
        guard statement.notPrincipal != nil || statement.principal.map(isWide) == true else { return false }
        return !statement.condition.contains(where: pins)
    }

    private static func isWide(_ element: PrincipalElement) -> Bool {
        element.isBareStar
            || element.mentions.contains { mention in
                switch mention.kind {
                case .aws: mention.value == "*"
                case .federated:
                    !mention.value.utf8.split(separator: UInt8(ascii: ":")).contains {
                        $0.starts(with: "saml-provider/".utf8)
                    }
                case .service, .canonicalUser: false
                }
            }
    }

    private static let pinningKeys: Set<String> = [
        "aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceowner", "aws:sourceaccount", "aws:userid",
        "aws:principalorgid", "s3:x-amz-server-side-encryption-aws-kms-key-id", "s3:dataaccesspointaccount",
    ]

    private static func pins(_ condition: PolicyCondition) -> Bool {
        guard let operation = ConditionOperator(condition.operatorName), !operation.isNegated, !operation.ifExists,
            operation.quantifier != .allValues, !condition.values.isEmpty
        else { return false }
        let key = ConditionKey(condition.key).description
        switch operation.test {
        case .address: return key == "aws:sourceip" && condition.values.allSatisfy(isNarrow)
        case .stringEquals, .stringEqualsIgnoreCase, .stringLike, .arn:
            if key == "s3:dataaccesspointarn" { return condition.values.allSatisfy(isFixedAccessPoint) }
            return pinningKeys.contains(key) && condition.values.allSatisfy(isFixed)
        default: return false
        }
    }

    private static func isFixed(_ value: String) -> Bool {
        !value.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") } && value.firstRange(of: "${") == nil
    }

    /// The access point's name may be `*`; nothing else may.
    private static func isFixedAccessPoint(_ value: String) -> Bool {
        let suffix = "accesspoint/*"
        return isFixed(value.hasSuffix(suffix) ? String(value.dropLast(1)) : value)
    }

    private static func isNarrow(_ value: String) -> Bool {
        switch IPNetwork(value) {
        case .v4(_, let length)?: length >= 8
        case .v6(_, let length)?: length >= 32
        case nil: false
        }
    }
}
