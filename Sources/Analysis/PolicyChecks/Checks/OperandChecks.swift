import Authorization
import Formats

/// Operators that do not exist, and operands they cannot read.
/// - Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
enum OperandChecks {
    static func check(_ examination: Examination, _ report: inout Report) {
        for statement in examination.statements {
            for condition in statement.conditions {
                checkOperator(condition, &report)
                checkArray(condition, &report)
                checkValues(condition, &report)
                checkRedundancy(condition, &report)
            }
        }
    }

    private static func checkOperator(_ condition: ConditionOutline, _ report: inout Report) {
        let (operation, name) = (condition.operation, condition.operatorName)
        guard let family = operation.family else {
            report.add(
                .invalidConditionOperator, "There is no condition operator \"\(name.text)\".",
                mend: "Use a documented one; names are case-sensitive.", at: name.place)
            return
        }
        guard family == .null else { return }
        if operation.hasIfExists {
            report.add(
                .nullWithIfExists, "Null asks whether the key is there; IfExists does not go with it.",
                mend: "Write Null.", at: name.place)
        }
        if let qualifier = operation.qualifier {
            report.add(
                .nullWithQualifier,
                "Null under \(qualifier) does not depend on the request: it always has the same result.",
                mend: "Write Null alone.", at: name.place)
        }
    }

    private static func checkArray(_ condition: ConditionOutline, _ report: inout Report) {
        let key = condition.key.text
        if condition.isArray, condition.operands.isEmpty {
            let (check, text): (Check, String) =
                if condition.operation.qualifier == "ForAllValues" {
                    (.emptyArrayConditionForallvalues, "ForAllValues without values holds only where \(key) is absent.")
                } else if condition.operation.qualifier == "ForAnyValue" {
                    (.emptyArrayConditionForanyvalue, "ForAnyValue without values never holds.")
                } else if condition.operation.hasIfExists {
                    (.emptyArrayConditionIfexists, "IfExists without values holds only where \(key) is absent.")
                } else {
                    (.emptyArrayCondition, "There are no values for \(key).")
                }
            report.add(
                check, text,
                mend: "Give values; to ask whether the key is absent, write \"Null\": {\"\(key)\": \"true\"}.",
                at: condition.place)
        }
        if Set(condition.operands.map(\.kind)).count > 1 {
            report.add(
                .invalidConditionDataType, "The values of \(key) are of different JSON types.",
                mend: "Write them all alike, best as strings.", at: condition.place)
        }
        if condition.operation.family == .bool, condition.operation.qualifier == nil, condition.operands.count > 1 {
            report.add(
                .invalidConditionMultipleBoolean, "With several Booleans the condition holds whatever \(key) is.",
                mend: "Give one.", at: condition.place)
        }
    }

    private static func checkValues(_ condition: ConditionOutline, _ report: inout Report) {
        let name = condition.operatorName.text
        for operand in condition.operands where !operand.text.contains("${") {
            switch condition.operation.family {
            case .bool, .null:
                guard !["true", "false"].contains(operand.text.lowercased()) else { continue }
                report.add(
                    .typeMismatchBoolean, "\(name) reads \"\(operand.text)\" as false: it is not true.",
                    mend: "Write true or false.", at: operand.place)
            case .numeric:
                guard !OperandReading.isNumber(operand.text) else { continue }
                report.add(
                    .typeMismatchNumber, "\(name) cannot compare \"\(operand.text)\": it is no number.",
                    mend: "Write a number.", at: operand.place)
            case .date:
                if !OperandReading.isDate(operand.text) {
                    report.add(
                        .typeMismatchDate, "\(name) cannot compare \"\(operand.text)\": it is no date.",
                        mend: "Write a date of ISO 8601, such as 2026-01-31T00:00:00Z.", at: operand.place)
                } else if operand.text.utf8.allSatisfy({
                    (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+")
                }),
                    !operand.text.dropFirst().contains("-")
                {
                    report.add(
                        .invalidDateValue, "\"\(operand.text)\" counts seconds since 1970, which people cannot check.",
                        mend: "Write the date, such as 2026-01-31.", at: operand.place)
                }
            case .binary:
                guard Base64.decode(Array(operand.text.utf8)) == nil else { continue }
                report.add(
                    .typeMismatchString, "\(name) compares Base64, which \"\(operand.text)\" is not.",
                    mend: "Write the value in Base64.", at: operand.place)
            case .address:
                guard OperandReading.network(operand.text) == nil else { continue }
                report.add(
                    .typeMismatchIpRange, "\(name) cannot read \"\(operand.text)\": it is no address range.",
                    mend: "Write CIDR, such as 203.0.113.0/24.", at: operand.place)
            case .string:
                guard !condition.operation.isLike, WildText.isWild(operand.text) else { continue }
                report.add(
                    .wildcardWithoutLikeOperator, "Under \(name), * and ? in \"\(operand.text)\" are plain characters.",
                    mend: "Use \(name.replacingEquals) if they are meant as wildcards.", at: operand.place)
            case .arn, nil: break
            }
        }
    }

    /// Numbers of which one says all.
    private static func checkRedundancy(_ condition: ConditionOutline, _ report: inout Report) {
        let base = condition.operation.base
        guard condition.operation.family == .numeric, condition.operands.count > 1,
            base.contains("LessThan") || base.contains("GreaterThan"),
            condition.operands.allSatisfy({ OperandReading.isNumber($0.text) })
        else { return }
        let which = base.contains("LessThan") ? "greatest" : "least"
        report.add(
            .redundantConditionValueNum,
            "Of several values under \(base) only the \(which) matters: it holds wherever another does.",
            mend: "Keep the \(which) one for \(condition.key.text).", at: condition.place)
    }
}

extension String {
    /// `StringNotEquals` → `StringNotLike`.
    fileprivate var replacingEquals: String {
        guard let found = firstRange(of: "Equals") else { return "StringLike" }
        let rest = self[found.upperBound...]
        return self[..<found.lowerBound] + "Like"
            + (rest.hasPrefix("IgnoreCase") ? rest.dropFirst("IgnoreCase".count) : rest)
    }
}
