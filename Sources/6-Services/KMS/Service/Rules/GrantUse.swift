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

    /// The `GrantRights.bound` of every grant that can fit; nil where any grant that gives the operation can.
    var bounds: [String]? { isDescription ? nil : GrantRights.bounds(within: context) }

    private var isDescription: Bool { operation == KMS.GrantOperation.describeKey.rawValue }

    /// DescribeKey takes no encryption context, and asks for none.
    func fits(_ rights: GrantRights) -> Bool {
        guard rights.operations.contains(where: { $0.rawValue == operation }) else { return false }
        return isDescription || rights.grant(to: "").constraintsHold(for: context)
    }
}
