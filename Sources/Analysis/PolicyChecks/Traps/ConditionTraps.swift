import Authorization
import Catalogue

/// Conditions that hold, or do not, where their author is likely to think the opposite: mostly because the key is absent.
/// - Source: IAM User Guide, "IAM JSON policy elements: Condition operators"; recorded behaviour of AWS.
enum ConditionTraps {
    static func check(_ examination: Examination, _ report: inout Report) {
        for statement in examination.statements {
            for condition in statement.conditions {
                guard condition.operation.family != nil else { continue }
                checkSets(condition, statement, &report)
                checkAbsence(condition, statement, &report)
                checkMFA(condition, statement, &report)
                checkOperands(condition, statement, examination, &report)
            }
            checkTags(statement, &report)
        }
    }

    /// Whether the statement asks that the key be there.
    private static func isGuarded(_ key: String, _ statement: StatementOutline) -> Bool {
        statement.conditions(on: key).contains { condition in
            switch condition.operation.family {
            case .null: condition.operands.map { $0.text.lowercased() } == ["false"]
            default:
                // A positive operator does not hold without the key.
                !condition.operation.isNegated && !condition.operation.hasIfExists
                    && condition.operation.qualifier != "ForAllValues"
            }
        }
    }

    /// Keys that every signed request has.
    private static let always: Set<String> = [
        "aws:currenttime", "aws:epochtime", "aws:principalaccount", "aws:principalarn", "aws:principaltype",
        "aws:requestedregion", "aws:securetransport", "aws:userid", "aws:viaawsservice", "aws:principalisawsservice",
        "aws:useragent",
    ]

    private static func checkSets(
        _ condition: ConditionOutline, _ statement: StatementOutline, _ report: inout Report
    ) {
        let (operation, key) = (condition.operation, condition.key.text)
        let isMultivalued = ConditionKeyFacts.find(key)?.isMultivalued
        if operation.qualifier == "ForAllValues", statement.isAllow, !isGuarded(key, statement),
            operation.family != .null
        {
            report.add(
                .forAllValuesAllow,
                "\(condition.operatorName.text) holds where \(key) is absent: a request without it is allowed.",
                mend: "Add \"Null\": {\"\(key)\": \"false\"}, or use ForAnyValue.",
                at: condition.operatorName.place, condition.key.place)
        }
        if operation.qualifier == "ForAnyValue", operation.isNegated {
            report.add(
                .forAnyValueNegated,
                "\(condition.operatorName.text) holds as soon as one value is not listed, even if all others are; and never where \(key) is absent.",
                mend: statement.isDeny
                    ? "To deny a listed value use ForAnyValue with the positive operator."
                    : "To ask that no value be listed use ForAllValues with the negated operator and a Null guard.",
                at: condition.operatorName.place)
        }
        if isMultivalued == true, operation.qualifier == nil, operation.family != .null {
            report.add(
                .multivaluedAllow,
                operation.isNegated || operation.hasIfExists
                    ? "\(key) has several values: without a set operator the condition holds only where the key is absent."
                    : "\(key) has several values: without a set operator the condition never holds, so the statement never applies.",
                mend: "Begin the operator with ForAnyValue: or ForAllValues:.", at: condition.operatorName.place)
        }
        if isMultivalued == false, let qualifier = operation.qualifier, operation.family != .null {
            report.add(
                .singleValuedSet, "\(key) has one value; \(qualifier) only changes what happens where it is absent.",
                mend: "Leave the qualifier out.", at: condition.operatorName.place)
        }
    }

    private static func checkAbsence(
        _ condition: ConditionOutline, _ statement: StatementOutline, _ report: inout Report
    ) {
        let (operation, key) = (condition.operation, condition.key.text)
        guard operation.family != .null, operation.qualifier == nil, !always.contains(condition.keyName),
            condition.keyName != "aws:multifactorauthpresent"
        else { return }
        if statement.isAllow, operation.hasIfExists, !isGuarded(key, statement) {
            report.add(
                .ifExistsAllow,
                "\(condition.operatorName.text) holds where \(key) is absent: such requests are allowed.",
                mend: "Use \(operation.base) if the key must be there.",
                at: condition.operatorName.place, condition.key.place)
        } else if statement.isAllow, operation.isNegated, !isGuarded(key, statement) {
            report.add(
                .negatedAllow,
                "\(condition.operatorName.text) holds where \(key) is absent: such requests are allowed.",
                mend: "Add \"Null\": {\"\(key)\": \"false\"}, or list what is allowed.",
                at: condition.operatorName.place, condition.key.place)
        }
        // Denying by a positive operator lets through what has no such key; with tags that is mostly what is meant.
        if statement.isDeny, !operation.isNegated, !operation.hasIfExists,
            ["aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:principalorgid", "aws:multifactorauthage"]
                .contains(condition.keyName)
        {
            report.add(
                .denyMissesAbsentKey,
                "Requests without \(key) are not denied: \(condition.operatorName.text) does not hold for them.",
                mend:
                    "If they are to be denied too, use \(operation.base)IfExists or the negated operator with what is allowed.",
                at: condition.operatorName.place, condition.key.place)
        }
    }

    private static func checkMFA(
        _ condition: ConditionOutline, _ statement: StatementOutline, _ report: inout Report
    ) {
        guard condition.keyName == "aws:multifactorauthpresent", condition.operation.family == .bool else { return }
        let isTrue = condition.operands.map { $0.text.lowercased() } == ["true"]
        if statement.isAllow, condition.operation.hasIfExists, isTrue {
            report.add(
                .ifExistsMFA, "Long-term access keys have no aws:MultiFactorAuthPresent: they are allowed without MFA.",
                mend: "Use Bool.", at: condition.operatorName.place)
        }
        if statement.isDeny, !condition.operation.hasIfExists, !isTrue {
            report.add(
                .denyBoolMFA, "Long-term access keys have no aws:MultiFactorAuthPresent: they are not denied.",
                mend: "Use BoolIfExists.", at: condition.operatorName.place)
        }
    }

    private static func checkOperands(
        _ condition: ConditionOutline, _ statement: StatementOutline, _ examination: Examination, _ report: inout Report
    ) {
        for operand in condition.operands {
            let hasVariable = operand.text.contains("${")
            if hasVariable, !condition.operation.takesVariables || !examination.outline.hasVariables {
                report.add(
                    .literalVariable,
                    "\"\(operand.text)\" is compared as it stands, ${…} and all: it equals nothing a request has"
                        + (condition.operation.isNegated ? ", so the condition always holds." : "."),
                    mend: examination.outline.hasVariables
                        ? "Variables work under String and ARN operators only."
                        : "Write \"Version\": \"2012-10-17\".", at: operand.place)
                continue
            }
            guard !hasVariable else { continue }
            switch condition.operation.family {
            case .null where !["true", "false"].contains(operand.text.lowercased()):
                report.add(
                    .nullOperand,
                    "Null reads \"\(operand.text)\" as false: it asks that \(condition.key.text) be there.",
                    mend: "Write true or false.", at: operand.place)
            case .bool where !["true", "false"].contains(operand.text.lowercased()):
                report.add(
                    .boolOperand, "Bool reads \"\(operand.text)\" as false.", mend: "Write true or false.",
                    at: operand.place)
            case .address:
                guard let network = OperandReading.network(operand.text) else {
                    unreadable(condition, operand, statement, &report)
                    continue
                }
                guard !network.isIPv4, network.hasHostBits else { continue }
                report.add(
                    .hostBits,
                    "An IPv6 network with bits behind its mask matches no address"
                        + (condition.operation.isNegated ? ", so the condition always holds." : "."),
                    mend: "Write \(network.text).", at: operand.place)
            case .numeric where !OperandReading.isNumber(operand.text),
                .date where !OperandReading.isDate(operand.text):
                unreadable(condition, operand, statement, &report)
            default: break
            }
        }
    }

    private static func unreadable(
        _ condition: ConditionOutline, _ operand: ConditionOutline.Operand, _ statement: StatementOutline,
        _ report: inout Report
    ) {
        guard statement.isDeny, !condition.operation.isNegated else { return }
        report.add(
            .unreadableDeny,
            "\(condition.operatorName.text) cannot read \"\(operand.text)\", so it never holds and nothing is denied.",
            mend: "Mend the value.", at: operand.place)
    }

    private static func checkTags(_ statement: StatementOutline, _ report: inout Report) {
        var seen: [String: PlacedText] = [:]
        for condition in statement.conditions where condition.key.text.contains("/") {
            if let first = seen[condition.keyName], first.text != condition.key.text {
                report.add(
                    .caseCollision,
                    "\"\(first.text)\" and \"\(condition.key.text)\" are one key; a resource with both tags is compared by one of them, and AWS does not say which.",
                    mend: "Use one spelling, and keep tags from differing in case only.",
                    at: condition.key.place, first.place)
            }
            seen[condition.keyName] = seen[condition.keyName] ?? condition.key
        }
    }
}
