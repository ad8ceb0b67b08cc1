import Catalogue

/// Condition keys that do not exist, or that the operator, the action or the policy has no use for.
/// - Source: IAM User Guide, "AWS global condition context keys"; Service Authorization Reference.
enum ConditionKeyChecks {
    static func check(_ examination: Examination, _ report: inout Report) {
        for statement in examination.statements {
            checkDuplicates(statement, &report)
            for condition in statement.conditions {
                checkName(condition, examination.use, &report)
                checkOperator(condition, statement, &report)
                checkRelevance(condition, examination.use, &report)
                checkPair(condition, statement, &report)
            }
            checkActions(statement, examination, &report)
        }
    }

    private static func checkDuplicates(_ statement: StatementOutline, _ report: inout Report) {
        var seen: [String: PlacedText] = [:]
        for condition in statement.conditions {
            let name = condition.operatorName.text + "\n" + condition.keyName
            if let first = seen[name], first.text != condition.key.text {
                report.add(
                    .duplicateKeysWithDifferentCase,
                    "\"\(first.text)\" and \"\(condition.key.text)\" are one key: case does not tell keys apart.",
                    mend: "Put all values under one of them.", at: condition.key.place, first.place)
            }
            seen[name] = seen[name] ?? condition.key
        }
    }

    private static func checkName(_ condition: ConditionOutline, _ use: PolicyUse, _ report: inout Report) {
        let (name, place) = (condition.key.text, condition.key.place)
        guard let prefix = ConditionKeyFacts.prefix(name) else {
            report.add(
                .invalidConditionKeyFormat, "\"\(name)\" is no condition key: a key has a prefix and a colon.",
                mend: "Write prefix:Name, such as aws:SourceIp.", at: place)
            return
        }
        let bare = condition.keyName.hasSuffix("/") ? String(condition.keyName.dropLast()) : condition.keyName
        if ConditionKeyFacts.tagFamilies.contains(bare) {
            report.add(
                .missingTagKeyInCondition, "\"\(name)\" does not say which tag.",
                mend: "Write \(bare)/NAME-OF-THE-TAG.", at: place)
            return
        }
        if condition.keyName == "aws:arn" {
            // AWS documents both; which one it gives where is not documented.
            let check: Check = use.isIdentity ? .deprecatedGlobalConditionKey : .unsupportedGlobalConditionKey
            report.add(
                check, "aws:ARN is a key of earlier times that requests no longer have.",
                mend: "Use aws:PrincipalArn for the caller, or aws:SourceArn for the resource a service calls for.",
                at: place)
            return
        }
        guard ConditionKeyFacts.find(name) == nil, !ConditionKeyFacts.isClaim(name) else { return }
        if prefix == "aws" {
            let near = WildText.nearest(name, among: GlobalConditionKeys.all.map(\.key.name))
            report.add(
                .invalidGlobalConditionKey, "There is no global condition key \"\(name)\".",
                mend: near.map { "Did you mean \($0)?" } ?? "Use a documented key.", at: place)
        } else if let service = ServiceAuthorization.find(prefix) {
            // A key without its tag, such as ec2:ResourceTag.
            if service.key(name + "/x") != nil || service.key(name + "x") != nil {
                report.add(
                    .missingTagKeyInCondition, "\"\(name)\" does not say which one.",
                    mend: "Write \(name)/NAME.", at: place)
                return
            }
            let near = WildText.nearest(name, among: service.keys.map(\.name))
            report.add(
                .invalidServiceConditionKey, "\(service.title) has no condition key \"\(name)\".",
                mend: near.map { "Did you mean \($0)?" } ?? "Use a key of the service.", at: place)
        } else {
            let near = WildText.nearest(prefix, among: ServiceAuthorization.prefixes)
            report.add(
                .invalidService, "There is no service with the prefix \"\(prefix)\".",
                mend: near.map { "Did you mean \($0)?" } ?? "Use aws: or the prefix of a service.", at: place)
        }
    }

    private static func checkOperator(
        _ condition: ConditionOutline, _ statement: StatementOutline, _ report: inout Report
    ) {
        guard let key = ConditionKeyFacts.find(condition.key.text), let family = condition.operation.family else {
            return
        }
        if key.isMultivalued, condition.operation.qualifier == nil, family != .null {
            report.add(
                .missingQualifier,
                "\(key.name) has several values. Without ForAllValues or ForAnyValue the operator never matches while the key is there.",
                mend: "Begin the operator with ForAnyValue: or ForAllValues:.",
                at: condition.operatorName.place, condition.key.place)
        }
        if !key.isMultivalued, condition.operation.qualifier == "ForAllValues", !statement.isDeny, family != .null {
            report.add(
                .forallvaluesWithSingleValuedKey,
                "\(condition.key.text) has one value, and ForAllValues holds as well where the key is absent.",
                mend: "Remove ForAllValues:.", at: condition.operatorName.place, condition.key.place)
        }
        guard let allowed = ConditionKeyChecks.families[key.type], family != .null, !allowed.contains(family) else {
            return
        }
        report.add(
            .typeMismatch,
            "\(condition.key.text) is of the type \(key.type), which \(condition.operatorName.text) does not compare.",
            mend: "Use an operator of the kind \(allowed[0].rawValue).",
            at: condition.operatorName.place, condition.key.place)
    }

    /// Operators that fit a type; the best one first.
    private static let families: [String: [OperatorName.Family]] = [
        "String": [.string, .arn], "ARN": [.arn, .string], "Bool": [.bool], "Numeric": [.numeric],
        "Date": [.date, .numeric], "IPAddress": [.address], "Binary": [.binary],
    ]

    /// Keys that say nothing in the policy of the resource itself.
    private static let irrelevant: [String: Set<String>] = [
        "AWS::S3::Bucket": ["s3:resourceaccount"], "AWS::S3::AccessPoint": ["s3:resourceaccount"],
        "AWS::S3::MultiRegionAccessPoint": ["s3:resourceaccount"],
    ]

    private static func checkRelevance(_ condition: ConditionOutline, _ use: PolicyUse, _ report: inout Report) {
        guard let type = use.resourceType, irrelevant[type]?.contains(condition.keyName) == true else { return }
        report.add(
            .irrelevantConditionKeyInPolicy,
            "In the policy of a resource of the type \(type), \(condition.key.text) always has the same value.",
            mend: "Use the key in policies of identities.", at: condition.key.place)
    }

    private static func checkPair(
        _ condition: ConditionOutline, _ statement: StatementOutline, _ report: inout Report
    ) {
        guard condition.keyName == "aws:vpcsourceip",
            !statement.hasCondition(on: ["aws:SourceVpc", "aws:SourceVpce", "aws:SourceVpcArn"])
        else { return }
        report.add(
            .missingPairedConditionKeys,
            "Private addresses are the same in many networks: \(condition.key.text) says little without the network.",
            mend: "Add a condition on aws:SourceVpc or aws:SourceVpce.", at: condition.key.place)
    }

    /// Keys of a service that an action without wildcards does not have in its requests.
    private static func checkActions(_ statement: StatementOutline, _ examination: Examination, _ report: inout Report)
    {
        guard let list = statement.action, !list.isNegated else { return }
        for condition in statement.conditions where !ConditionKeyFacts.isGlobal(condition.key.text) {
            guard ConditionKeyFacts.find(condition.key.text) != nil, condition.operation.family != .null else {
                continue
            }
            let strangers = list.entries.filter { entry in
                let action = ActionName(entry.text)
                guard action.isLiteral, let service = action.service, let published = action.matched.first else {
                    return false
                }
                // Keys that come with the credentials are there whatever is called.
                guard ConditionKeyFacts.global(condition.key.text) == nil else { return false }
                return !ConditionKeyFacts.belongs(condition.key.text, to: published, of: service)
            }
            guard !strangers.isEmpty else { continue }
            report.add(
                .unsupportedActionForConditionKey,
                "Requests for \(strangers.map(\.text).joined(separator: ", ")) do not have the key \(condition.key.text).",
                mend: "Move these actions to a statement without this condition.",
                at: strangers.map(\.place) + [condition.place])
        }
    }
}
