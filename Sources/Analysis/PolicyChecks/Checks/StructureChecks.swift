/// Elements that are missing, doubled, empty or spelt wrong.
/// - Source: IAM User Guide, "Grammar of the IAM JSON policy language".
enum StructureChecks {
    static func check(_ examination: Examination, _ report: inout Report) {
        let outline = examination.outline
        checkVersion(outline, &report)
        if !outline.hasStatement {
            report.add(
                .missingStatement, "The policy has no Statement, so it says nothing.", mend: "Add a statement.",
                at: outline.place)
        }
        for statement in outline.statements {
            checkPresence(statement, examination.use, &report)
            checkEffect(statement, &report)
            checkCombinations(statement, &report)
            checkEmptiness(statement, &report)
        }
        checkSids(examination, &report)
    }

    private static func checkVersion(_ outline: PolicyOutline, _ report: inout Report) {
        if !outline.hasVersion {
            report.add(
                .missingVersion,
                "Without a Version the rules of 2008-10-17 hold, under which ${…} is plain text and not a variable.",
                mend: "Add \"Version\": \"2012-10-17\".", at: outline.place)
        }
        if let version = outline.version, !["2008-10-17", "2012-10-17"].contains(version.text) {
            report.add(
                .invalidVersion, "There is no version \"\(version.text)\" of the policy language.",
                mend: "Use 2012-10-17, or for old documents 2008-10-17.", at: version.place)
        }
    }

    private static func checkPresence(_ statement: StatementOutline, _ use: PolicyUse, _ report: inout Report) {
        if !statement.hasEffect {
            report.add(
                .missingEffect, "The statement does not say whether it allows or denies.",
                mend: "Add \"Effect\": \"Allow\" or \"Effect\": \"Deny\".", at: statement.place)
        }
        if statement.actions.isEmpty {
            report.add(
                .missingAction, "The statement names no actions.", mend: "Add an Action or a NotAction element.",
                at: statement.place)
        }
        let needsResource =
            use.kind != .trust && (use.kind != .resource || use.resourceType != nil) && statement.resources.isEmpty
        if needsResource {
            report.add(
                .missingResource, "The statement names no resources.", mend: "Add a Resource or a NotResource element.",
                at: statement.place)
        }
        if use.hasPrincipal, statement.principals.isEmpty, use.kind != .resourceControl {
            report.add(
                .missingPrincipal, "The policy is a resource's, and the statement does not say whom it is for.",
                mend: "Add a Principal element.", at: statement.place)
        }
    }

    private static func checkEffect(_ statement: StatementOutline, _ report: inout Report) {
        guard let effect = statement.effect, !["Allow", "Deny"].contains(effect.text) else { return }
        report.add(
            .invalidEffect, "There is no effect \"\(effect.text)\".",
            mend: "Write Allow or Deny, with a capital letter.", at: effect.place)
    }

    private static func checkCombinations(_ statement: StatementOutline, _ report: inout Report) {
        let pairs = [
            statement.actions.map(\.name), statement.resources.map(\.name), statement.principals.map(\.name),
        ]
        for pair in pairs where pair.count > 1 {
            report.add(
                .unsupportedElementCombination,
                "\(pair[0].text) and \(pair[1].text) cannot stand in one statement.",
                mend: "Keep one of them, or write two statements.", at: pair.map(\.place))
        }
    }

    private static func checkEmptiness(_ statement: StatementOutline, _ report: inout Report) {
        for list in statement.actions where list.isEmptyArray {
            report.add(
                .emptyArrayAction, "\(list.name.text) lists nothing, so the statement has no effect of its own.",
                mend: "List the actions meant, or remove the statement.", at: list.place)
        }
        for list in statement.resources where list.isEmptyArray {
            report.add(
                .emptyArrayResource, "\(list.name.text) lists nothing, so the statement has no effect of its own.",
                mend: "List the resources meant, or remove the statement.", at: list.place)
        }
        for place in statement.emptyConditions {
            report.add(
                .emptyObjectCondition, "The condition is empty: it restricts nothing.",
                mend: "Say what must hold, or remove it.", at: place)
        }
    }

    private static func checkSids(_ examination: Examination, _ report: inout Report) {
        let use = examination.use
        var seen: [String: Place] = [:]
        for sid in examination.statements.compactMap(\.sid) {
            if sid.text.isEmpty {
                report.add(
                    .emptySidValue, "The Sid is empty.", mend: "Give the statement a name, or leave Sid out.",
                    at: sid.place)
                continue
            }
            let isPlain = sid.text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            }
            if !isPlain, use.kind != .resource, use.kind != .resourceControl || sid.text.contains("$") {
                report.add(
                    .unsupportedSid, "The Sid \"\(sid.text)\" has characters other than letters and digits.",
                    mend: "Use only a-z, A-Z and 0-9.", at: sid.place)
            }
            if let first = seen[sid.text] {
                // Policies of resources are read by many services; those that are known to insist are errors.
                let isRequired = use.kind != .resource || use.resourceType?.hasPrefix("AWS::S3") == true
                report.add(
                    isRequired ? .uniqueSidsRequired : .uniqueSidsRecommended,
                    "The Sid \"\(sid.text)\" stands on two statements.", mend: "Give each statement its own.",
                    at: sid.place, first)
            } else {
                seen[sid.text] = sid.place
            }
        }
    }
}
