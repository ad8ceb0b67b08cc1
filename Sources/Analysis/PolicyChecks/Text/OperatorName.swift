/// A condition operator's name taken apart, valid or not.
/// - Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
struct OperatorName {
    /// What an operator compares.
    enum Family: String {
        case string = "String"
        case numeric = "Numeric"
        case date = "Date"
        case bool = "Bool"
        case binary = "Binary"
        case address = "IpAddress"
        case arn = "Arn"
        case null = "Null"
    }

    /// `ForAllValues` or `ForAnyValue`.
    let qualifier: String?
    /// Such as `StringNotLike`.
    let base: String
    let hasIfExists: Bool
    /// Nil where there is no such operator.
    let family: Family?

    init(_ name: String) {
        let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let isQualified = parts.count == 2 && ["ForAllValues", "ForAnyValue"].contains(parts[0])
        qualifier = isQualified ? parts[0] : nil
        let rest = isQualified ? parts[1] : name
        hasIfExists = rest.hasSuffix("IfExists") && rest != "IfExists"
        base = hasIfExists ? String(rest.dropLast("IfExists".count)) : rest
        family = OperatorName.families[base]
    }

    var isNegated: Bool { base.hasPrefix("Not") || base.firstRange(of: "Not") != nil }
    var isLike: Bool { base.hasSuffix("Like") }
    /// Whether `${…}` and, for ARNs, wildcards stand for something.
    var takesVariables: Bool { family == .string || family == .arn }
    /// Whether `*` and `?` stand for something.
    var takesWildcards: Bool { family == .arn || isLike }

    private static let families: [String: Family] = {
        var families: [String: Family] = [
            "Bool": .bool, "BinaryEquals": .binary, "IpAddress": .address, "NotIpAddress": .address, "Null": .null,
        ]
        for base in ["Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike"] {
            families["String" + base] = .string
        }
        for base in ["Equals", "NotEquals", "Like", "NotLike"] { families["Arn" + base] = .arn }
        for base in ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"] {
            families["Numeric" + base] = .numeric
            families["Date" + base] = .date
        }
        return families
    }()
}
