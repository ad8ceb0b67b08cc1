import Catalogue

/// Principals, actions and resources that reach further, or less far, than they seem to.
/// - Source: IAM User Guide, "AWS JSON policy elements: Principal", "NotPrincipal"; "IAM JSON policy elements: NotAction".
enum StatementTraps {
    static func check(_ examination: Examination, _ report: inout Report) {
        for statement in examination.statements {
            checkActions(statement, examination.use, &report)
            checkResources(statement, examination, &report)
            for principal in statement.principals { checkPrincipal(principal, statement, examination.use, &report) }
            checkSessions(statement, &report)
            checkSupply(statement, &report)
        }
    }

    private static func checkActions(_ statement: StatementOutline, _ use: PolicyUse, _ report: inout Report) {
        guard statement.isAllow, let list = statement.action, list.isNegated, use.kind != .serviceControl else {
            return
        }
        report.add(
            .notActionAllow,
            "Allow with NotAction allows every other action of every service, those still to come included.",
            mend: "List the actions meant; to take some away from a wide Allow, add a Deny.", at: list.name.place)
    }

    private static func checkResources(
        _ statement: StatementOutline, _ examination: Examination, _ report: inout Report
    ) {
        guard let list = statement.resource else { return }
        for entry in list.entries {
            if list.isNegated, entry.text.contains("${"), examination.outline.hasVariables {
                report.add(
                    .notResourceVariable,
                    "Where the variable has no value \"\(entry.text)\" names nothing, and the statement covers every resource.",
                    mend: "Add a Null condition on the key, or a default: ${key, 'none'}.", at: entry.place)
            }
            if entry.text.contains("${"), !examination.outline.hasVariables {
                report.add(
                    .literalVariable,
                    "\"\(entry.text)\" is compared as it stands: under this version ${…} is plain text.",
                    mend: "Write \"Version\": \"2012-10-17\".", at: entry.place)
            }
            let isResourcePolicy = examination.use.kind == .resource
            guard isResourcePolicy, entry.text != "*", entry.text.utf8.count(where: { $0 == UInt8(ascii: ":") }) < 5,
                !WildText.isWild(entry.text)
            else { continue }
            report.add(
                .shortARN,
                "In the policy of a resource, an ARN with fewer than six parts and no wildcard matches nothing.",
                mend: "Write the ARN in full.", at: entry.place)
        }
    }

    /// Conditions that tie everyone down to callers one knows.
    /// - Source: S3 User Guide, "The meaning of public".
    private static let pinning: Set<String> = [
        "aws:sourceip", "aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceowner", "aws:sourceaccount",
        "aws:sourceorgid", "aws:sourceorgpaths", "aws:userid", "aws:principalorgid", "aws:principalorgpaths",
        "aws:principalarn", "aws:principalaccount", "aws:vpceaccount", "aws:vpceorgid", "aws:sourcevpcarn",
        "s3:dataaccesspointaccount", "s3:dataaccesspointarn", "kms:calleraccount", "kms:viaservice", "aws:vpcsourceip",
    ]

    /// Who is let in by everyone's name, and hardly meant. A role is assumed with credentials.
    private static func strangers(_ use: PolicyUse) -> String {
        use.kind == .trust ? "users and roles of any account" : "callers without credentials"
    }

    private static func checkPrincipal(
        _ principal: PrincipalOutline, _ statement: StatementOutline, _ use: PolicyUse, _ report: inout Report
    ) {
        if statement.isAllow, principal.isEveryone, !principal.isNegated {
            let isPinned = statement.conditions.contains { condition in
                pinning.contains(condition.keyName) && !condition.operation.isNegated
                    && !condition.operation.hasIfExists
                    && condition.operation.qualifier != "ForAllValues" && condition.operation.family != .null
                    && !condition.operands.isEmpty
                    && condition.operands.allSatisfy { !["*", "0.0.0.0/0", "::/0"].contains($0.text) }
            }
            if !isPinned {
                report.add(
                    .openPrincipal,
                    statement.conditions.isEmpty
                        ? "The statement is for everyone, \(strangers(use)) included."
                        : "The statement is for everyone, and none of its conditions ties callers to an account, an organization or a network.",
                    mend: "Name principals, or add a condition such as aws:PrincipalOrgID.", at: principal.place)
            }
        }
        if principal.isNegated, statement.isDeny {
            let entries = principal.entries("AWS")
            let hasAccount = entries.contains { $0.text.hasSuffix(":root") || $0.text.utf8.count == 12 }
            for entry in entries
            where entry.text.contains(":role/") || entry.text.contains(":user/")
                || entry.text.contains(":assumed-role/")
            {
                guard
                    !hasAccount
                        || entry.text.contains(":role/")
                            && !entries.contains(where: { $0.text.contains(":assumed-role/") })
                else { continue }
                report.add(
                    .notPrincipalDeny,
                    entry.text.contains(":role/")
                        ? "The role's sessions have ARNs of their own, and its account is a principal too: they are denied unless they are named as well."
                        : "The account of \(entry.text) is a principal too: it may be denied unless it is named as well.",
                    mend: "Use Principal \"*\" with a condition ArnNotEquals on aws:PrincipalArn instead.",
                    at: entry.place)
            }
        }
        for entry in principal.entries("AWS") where entry.text.contains(":assumed-role/") && !principal.isNegated {
            report.add(
                .roleSession, "Only the one session of that name is meant, not the role.",
                mend: "If the role is meant, write arn:aws:iam::ACCOUNT:role/NAME.", at: entry.place)
        }
    }

    private static func checkSessions(_ statement: StatementOutline, _ report: inout Report) {
        for condition in statement.conditions where condition.keyName == "aws:principalarn" {
            for operand in condition.operands where operand.text.contains(":assumed-role/") {
                report.add(
                    .sessionARN,
                    "For a session aws:PrincipalArn is the role's ARN, never the session's: this value "
                        + (condition.operation.isNegated ? "differs from every caller." : "equals no caller."),
                    mend: "Write arn:aws:iam::ACCOUNT:role/NAME; to tell sessions apart use aws:userid.",
                    at: operand.place)
            }
        }
    }

    /// Keys that no action of the statement has, so that their conditions have one result whatever is asked.
    private static func checkSupply(_ statement: StatementOutline, _ report: inout Report) {
        guard let list = statement.action, !list.isNegated, !list.entries.isEmpty else { return }
        for condition in statement.conditions {
            guard !ConditionKeyFacts.isGlobal(condition.key.text), !ConditionKeyFacts.isClaim(condition.key.text),
                ConditionKeyFacts.global(condition.key.text) == nil, ConditionKeyFacts.find(condition.key.text) != nil
            else { continue }
            let supplied = list.entries.contains { entry in
                let action = ActionName(entry.text)
                guard !action.isEverything, let service = action.service, action.hasColon else { return true }
                return action.matched.contains { ConditionKeyFacts.belongs(condition.key.text, to: $0, of: service) }
            }
            guard !supplied else { continue }
            let holds =
                condition.operation.family == .null
                ? condition.operands.contains { $0.text.lowercased() == "true" }
                : condition.operation.qualifier == "ForAllValues" || condition.operation.hasIfExists
                    || condition.operation.isNegated && condition.operation.qualifier == nil
            report.add(
                .keyNeverThere,
                "None of the actions has \(condition.key.text) in its requests: the condition \(holds ? "always" : "never") holds, so the statement \(holds ? "is not restricted by it" : "never applies").",
                mend: "Use a key of these actions, or move the condition to the actions that have it.",
                at: condition.key.place)
        }
    }
}
