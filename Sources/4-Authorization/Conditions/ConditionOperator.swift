/// A condition operator, such as `ForAnyValue:StringNotLikeIfExists`, taken apart.
/// - Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
struct ConditionOperator: Sendable, Hashable {
    enum Quantifier: Sendable { case none, allValues, anyValue }
    enum Order: Sendable { case equal, less, lessOrEqual, greater, greaterOrEqual }
    enum Test: Sendable, Hashable {
        case stringEquals, stringEqualsIgnoreCase, stringLike
        case numeric(Order)
        case date(Order)
        case bool, binary, address, arn, null
    }

    let quantifier: Quantifier
    let test: Test
    let isNegated: Bool
    let ifExists: Bool

    /// Nil if AWS has no such operator. Names are case-sensitive.
    init?(_ name: String) {
        var rest = Substring(name)
        if rest.hasPrefix("ForAllValues:") {
            quantifier = .allValues
            rest = rest.dropFirst("ForAllValues:".count)
        } else if rest.hasPrefix("ForAnyValue:") {
            quantifier = .anyValue
            rest = rest.dropFirst("ForAnyValue:".count)
        } else {
            quantifier = .none
        }
        ifExists = rest.hasSuffix("IfExists")
        if ifExists { rest = rest.dropLast("IfExists".count) }
        guard let (test, isNegated) = ConditionOperator.tests[String(rest)] else { return nil }
        (self.test, self.isNegated) = (test, isNegated)
        if test == .null, ifExists || quantifier != .none { return nil }
    }

    private static let tests: [String: (Test, Bool)] = {
        var tests: [String: (Test, Bool)] = [
            "StringEquals": (.stringEquals, false), "StringNotEquals": (.stringEquals, true),
            "StringEqualsIgnoreCase": (.stringEqualsIgnoreCase, false),
            "StringNotEqualsIgnoreCase": (.stringEqualsIgnoreCase, true),
            "StringLike": (.stringLike, false), "StringNotLike": (.stringLike, true),
            "Bool": (.bool, false), "BinaryEquals": (.binary, false),
            "IpAddress": (.address, false), "NotIpAddress": (.address, true),
            "ArnEquals": (.arn, false), "ArnLike": (.arn, false),
            "ArnNotEquals": (.arn, true), "ArnNotLike": (.arn, true),
            "Null": (.null, false),
        ]
        let orders: [(String, Order, Bool)] = [
            ("Equals", .equal, false), ("NotEquals", .equal, true), ("LessThan", .less, false),
            ("LessThanEquals", .lessOrEqual, false), ("GreaterThan", .greater, false),
            ("GreaterThanEquals", .greaterOrEqual, false),
        ]
        for (suffix, order, isNegated) in orders {
            tests["Numeric" + suffix] = (.numeric(order), isNegated)
            tests["Date" + suffix] = (.date(order), isNegated)
        }
        return tests
    }()
}

extension ConditionOperator.Order {
    func holds(_ isLess: Bool, _ isEqual: Bool) -> Bool {
        switch self {
        case .equal: isEqual
        case .less: isLess
        case .lessOrEqual: isLess || isEqual
        case .greater: !isLess && !isEqual
        case .greaterOrEqual: !isLess
        }
    }
}
