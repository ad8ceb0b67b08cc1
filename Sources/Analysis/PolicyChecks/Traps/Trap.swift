/// A check that AWS does not make: something that is allowed, or denied, other than its author is likely to think.
///
/// The codes begin with `GATEHOUSE_`, so that nobody takes them for AWS's.
enum Trap: String, CaseIterable {
    case malformed = "MALFORMED_POLICY_DOCUMENT"
    case forAllValuesAllow = "ALLOW_WITH_FORALLVALUES_AND_NO_NULL_GUARD"
    case negatedAllow = "ALLOW_WITH_NEGATED_OPERATOR_ON_ABSENT_KEY"
    case ifExistsAllow = "ALLOW_WITH_IFEXISTS"
    case ifExistsMFA = "ALLOW_WITH_BOOLIFEXISTS_ON_MFA"
    case denyBoolMFA = "DENY_WITH_BOOL_ON_MFA"
    case denyMissesAbsentKey = "DENY_MISSES_REQUESTS_WITHOUT_KEY"
    case forAnyValueNegated = "FORANYVALUE_WITH_NEGATED_OPERATOR"
    case multivaluedAllow = "MULTIVALUED_KEY_WITHOUT_SET_OPERATOR"
    case singleValuedSet = "SET_OPERATOR_ON_SINGLE_VALUED_KEY"
    case nullOperand = "NULL_OPERAND_READ_AS_FALSE"
    case boolOperand = "BOOL_OPERAND_READ_AS_FALSE"
    case hostBits = "IPV6_NETWORK_WITH_HOST_BITS"
    case literalVariable = "VARIABLE_IS_PLAIN_TEXT"
    case notResourceVariable = "NOTRESOURCE_WITH_VARIABLE"
    case shortARN = "SHORT_ARN_IN_RESOURCE_POLICY"
    case unreadableDeny = "DENY_WITH_UNREADABLE_OPERAND"
    case openPrincipal = "EVERYONE_WITHOUT_PINNING_CONDITION"
    case notActionAllow = "ALLOW_WITH_NOTACTION"
    case notPrincipalDeny = "DENY_WITH_NOTPRINCIPAL_OF_SESSION"
    case caseCollision = "TAG_KEYS_DIFFER_IN_CASE"
    case sessionARN = "SESSION_ARN_COMPARED_WITH_PRINCIPAL_ARN"
    case roleSession = "PRINCIPAL_IS_ONE_SESSION"
    case keyNeverThere = "CONDITION_KEY_NOT_IN_REQUESTS"

    var code: String { "GATEHOUSE_" + rawValue }

    var severity: Finding.Severity {
        switch self {
        case .malformed: .error
        case .forAllValuesAllow, .negatedAllow, .ifExistsAllow, .ifExistsMFA, .denyBoolMFA, .forAnyValueNegated,
            .openPrincipal, .notActionAllow, .notPrincipalDeny, .notResourceVariable, .unreadableDeny, .hostBits,
            .multivaluedAllow, .literalVariable:
            .securityWarning
        case .denyMissesAbsentKey, .nullOperand, .boolOperand, .shortARN, .caseCollision, .sessionARN, .keyNeverThere:
            .warning
        case .singleValuedSet, .roleSession: .suggestion
        }
    }

    /// Where AWS documents the behaviour behind the trap.
    var link: String {
        let page =
            switch self {
            case .malformed: "reference_policies_grammar.html"
            case .forAllValuesAllow, .forAnyValueNegated, .multivaluedAllow, .singleValuedSet:
                "reference_policies_condition-single-vs-multi-valued-context-keys.html"
            case .negatedAllow, .ifExistsAllow, .denyMissesAbsentKey, .nullOperand, .boolOperand, .hostBits,
                .unreadableDeny:
                "reference_policies_elements_condition_operators.html"
            case .ifExistsMFA, .denyBoolMFA, .caseCollision, .sessionARN, .keyNeverThere:
                "reference_policies_condition-keys.html"
            case .literalVariable, .notResourceVariable: "reference_policies_variables.html"
            case .shortARN: "reference_policies_elements_resource.html"
            case .openPrincipal, .roleSession: "reference_policies_elements_principal.html"
            case .notActionAllow: "reference_policies_elements_notaction.html"
            case .notPrincipalDeny: "reference_policies_elements_notprincipal.html"
            }
        return "https://docs.aws.amazon.com/IAM/latest/UserGuide/" + page
    }
}
