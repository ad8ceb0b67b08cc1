import Authorization
import KMSAPI

/// What grants are looked for: an operation, with the encryption context that it is called with.
struct GrantUse: Sendable {
    let operation: KMS.GrantOperation
    let context: [String: String]

    /// Nil for operations that no grant gives.
    init?(_ operation: String, _ context: [String: String]?) {
        guard KMS.GrantOperation.values.contains(operation) else { return nil }
        (self.operation, self.context) = (KMS.GrantOperation(rawValue: operation), context ?? [:])
    }

    /// DescribeKey takes no encryption context: a grant gives it whatever else it is bound to.
    /// - Source: KMS API Reference, "CreateGrant", on Constraints.
    var isDescription: Bool { operation == .describeKey }

    func fits(_ rights: GrantRights) -> Bool {
        rights.operations.contains(operation)
            && (isDescription || rights.grant(to: "").constraintsHold(for: context))
    }
}
