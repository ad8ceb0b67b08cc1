import Formats

/// Which condition operands may be stored.
///
/// IAM refuses literals that do not convert; session policies may hold them, malformed base64 apart.
enum OperandFormat {
    static func accepts(_ condition: PolicyCondition, kind: PolicyKind, version: PolicyDocument.Version) -> Bool {
        guard let operation = ConditionOperator(condition.operatorName) else { return false }
        return condition.values.allSatisfy { value in
            if operation.test == .binary { return Base64.decode(value) != nil }
            guard kind != .session else { return true }
            return switch operation.test {
            case .numeric: ExactDecimal(value) != nil
            case .date: StorableDate.accepts(value)
            case .address: IPNetwork(value) != nil
            case .arn: isARN(value, version)
            default: true
            }
        }
    }

    private static func isARN(_ value: String, _ version: PolicyDocument.Version) -> Bool {
        switch ARNOperand(value, variables: version == .v2012) {
        case .notAnARN: false
        case .parts, .template: true
        }
    }
}
