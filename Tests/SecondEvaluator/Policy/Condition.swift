/// A condition operator, taken apart. Specification 4.2 to 4.6.
struct Condition {
    enum Quantifier { case all, any }

    let quantifier: Quantifier?
    let isIfExists: Bool
    /// The name without prefix and suffix.
    let name: String

    init(_ text: String) {
        var rest = text
        if rest.hasPrefix("ForAllValues:") {
            quantifier = .all
            rest.removeFirst("ForAllValues:".count)
        } else if rest.hasPrefix("ForAnyValue:") {
            quantifier = .any
            rest.removeFirst("ForAnyValue:".count)
        } else {
            quantifier = nil
        }
        isIfExists = rest.hasSuffix("IfExists")
        if isIfExists { rest.removeLast("IfExists".count) }
        name = rest
    }

    static let names = [
        "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike",
        "StringNotLike", "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
        "NumericGreaterThan", "NumericGreaterThanEquals", "DateEquals", "DateNotEquals", "DateLessThan",
        "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress",
        "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike",
    ]

    private var isNegated: Bool { name.contains("Not") }

    /// Whether the condition of one key is met.
    func holds(_ key: String, _ operands: [String], for request: Request, in statement: Statement) -> Bool {
        let found = request.value(of: key)
        // 4.4: anything but `true` is false.
        if name == "Null" { return operands.contains { isTrue($0) == (found == nil) } }
        // An operator that nobody knows is no reason to allow and none to spare.
        guard Condition.names.contains(name) else { return statement.isDeny }
        guard let found else { return holdsForAbsentKey }
        func meets(_ value: String) -> Bool { self.meets(value, operands, request, statement) }
        switch quantifier {
        case .all: return found.values.allSatisfy(meets)
        case .any: return found.values.contains(where: meets)
        // 4.5: a multivalued key without a set operator never matches when present.
        case nil: return !found.isMultivalued && found.values.allSatisfy(meets)
        }
    }

    /// The table of 4.2, and number 3 of section 12.
    private var holdsForAbsentKey: Bool {
        switch quantifier {
        case .all: true
        case .any: false
        case nil: isIfExists || isNegated
        }
    }

    /// One value of the request against the operands: one of them must match, or none of them if negated. 4.1, 4.5.
    private func meets(_ value: String, _ operands: [String], _ request: Request, _ statement: Statement) -> Bool {
        if name.hasPrefix("Arn") { return meetsARN(value, operands, request, statement) }
        if name.hasSuffix("IpAddress") {
            // 4.7: an unreadable address makes both operators false.
            guard let address = Address(value)?.unmapped else { return false }
            let isInside = operands.contains { Network($0)?.contains(address) ?? false }
            return isInside != isNegated
        }
        let isMatched = operands.contains { operand in
            if name.hasPrefix("String") { return matchesText(value, operand, request, statement) }
            if name.hasPrefix("Numeric") {
                return compare(Decimal(value), Decimal(operand), Decimal.isLess)
            }
            if name.hasPrefix("Date") {
                return compare(Instant(value)?.milliseconds, Instant(operand)?.milliseconds, <)
            }
            if name == "Bool" { return isTrue(value) == isTrue(operand) }
            return value.isText(operand) && isCanonicalBase64(operand)
        }
        return isMatched != isNegated
    }

    private func isTrue(_ text: String) -> Bool { text.isText(ignoringCase: "true") }

    /// 4.6, String. A variable without a value makes the operand equal to nothing (3.4).
    private func matchesText(_ value: String, _ operand: String, _ request: Request, _ statement: Statement) -> Bool {
        let isLike = name.hasSuffix("Like")
        guard let pattern = request.pattern(operand, hasVariables: statement.hasVariables, hasWildcards: isLike) else {
            return false
        }
        guard name.hasSuffix("IgnoreCase") else { return matches(pattern, value.units) }
        let text = pattern.compactMap { mark in if case .unit(let unit) = mark { unit } else { nil } }
        return value.isText(ignoringCase: String(decoding: text, as: UTF16.self))
    }

    /// 4.7: what does not convert is neither equal nor less nor greater. NotEquals is the denial of Equals.
    private func compare<Value>(_ value: Value?, _ operand: Value?, _ isLess: (Value, Value) -> Bool) -> Bool {
        guard let value, let operand else { return false }
        let (less, greater) = (isLess(value, operand), isLess(operand, value))
        if name.hasSuffix("LessThan") { return less }
        if name.hasSuffix("LessThanEquals") { return !greater }
        if name.hasSuffix("GreaterThan") { return greater }
        if name.hasSuffix("GreaterThanEquals") { return !less }
        return !less && !greater
    }

    /// 4.7, "ARN": operands in their order; one that is no ARN decides by the effect, whatever the polarity.
    private func meetsARN(_ value: String, _ operands: [String], _ request: Request, _ statement: Statement) -> Bool {
        let asked = parts(value.units, at: 0x3A, atMost: 6)
        guard asked.count == 6, asked[0] == "arn".units else { return false }
        for operand in operands {
            guard let pattern = request.pattern(operand, hasVariables: statement.hasVariables, hasWildcards: true)
            else { continue }
            let wanted = parts(pattern, at: .unit(0x3A), atMost: 6)
            guard wanted.count == 6 else { return statement.isDeny }
            if zip(wanted, asked).allSatisfy({ matches($0, $1) }) { return !isNegated }
        }
        return isNegated
    }
}
