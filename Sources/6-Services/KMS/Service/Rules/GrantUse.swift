import Authorization
import KMSAPI

/// What grants are looked for: an operation, with the encryption context that it is called with.
struct GrantUse: Sendable {
    /// As grants call it.
    let operation: String
    let context: [String: String]

    /// Nil for operations that no grant gives.
    init?(_ operation: String, _ context: [String: String]?) {
        guard KMS.GrantOperation.values.contains(operation) else { return nil }
        (self.operation, self.context) = (operation, context ?? [:])
    }

    /// The `GrantRights.bound` of every grant that can fit.
    var bounds: [String] { GrantRights.bounds(within: context) }

    /// DescribeKey takes no encryption context, and asks for none.
    func fits(_ rights: GrantRights) -> Bool {
        guard rights.operations.contains(where: { $0.rawValue == operation }) else { return false }
        return operation == KMS.GrantOperation.describeKey.rawValue
            || rights.grant(to: "").constraintsHold(for: context)
    }
}
