import AWS
import Door
import KMSAPI

/// The condition keys of the operations that make and manage grants.
/// - Source: KMS Developer Guide, "AWS KMS condition keys", `kms:Grant…`.
enum GrantConditions {
    /// Whether a service asks for the caller.
    static func ofCall(_ facts: RequestFacts) -> [ConditionEntry] {
        [ConditionEntry(.kmsGrantIsForAWSResource, facts.calledVia.isEmpty ? "false" : "true")]
    }

    static func of(
        _ input: KMS.CreateGrant.Input, _ rights: GrantRights, _ facts: RequestFacts
    ) -> [ConditionEntry] {
        var entries = ofCall(facts)
        entries.append(ConditionEntry(.kmsGrantOperations, rights.operations.map(\.rawValue)))
        entries.append(
            GrantPrincipal.isService(input.granteePrincipal)
                ? ConditionEntry(.kmsGranteeServicePrincipal, input.granteePrincipal)
                : ConditionEntry(.kmsGranteePrincipal, input.granteePrincipal))
        if let retiring = input.retiringPrincipal {
            entries.append(
                GrantPrincipal.isService(retiring)
                    ? ConditionEntry(.kmsRetiringServicePrincipal, retiring)
                    : ConditionEntry(.kmsRetiringPrincipal, retiring))
        }
        if let type = rights.constraintType { entries.append(ConditionEntry(.kmsGrantConstraintType, type)) }
        return entries + KeyConditions.of(context: rights.equals ?? rights.subset)
    }
}
