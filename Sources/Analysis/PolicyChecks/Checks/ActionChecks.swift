import Catalogue

/// Actions that AWS does not have, or that the policy's resource does not know.
/// - Source: Service Authorization Reference.
enum ActionChecks {
    static func check(_ examination: Examination, _ report: inout Report) {
        for statement in examination.statements {
            for list in statement.actions {
                for entry in list.entries {
                    checkName(ActionName(entry.text), entry, &report)
                    checkFit(ActionName(entry.text), entry, examination.use, &report)
                }
            }
        }
    }

    private static func checkName(_ action: ActionName, _ entry: PlacedText, _ report: inout Report) {
        // A variable is told of elsewhere.
        guard !action.isEverything, !entry.text.contains("${") else { return }
        guard action.hasColon else {
            report.add(
                .invalidAction, "\"\(entry.text)\" does not say which service the action belongs to.",
                mend: "Write prefix:Action, such as s3:GetObject.", at: entry.place)
            return
        }
        if WildText.isWild(action.prefix) {
            report.add(
                .wildcardInServiceName,
                "The wildcard in the service's name also matches services that are still to come.",
                mend: "Name the services one by one.", at: entry.place)
            return
        }
        guard let service = action.service else {
            let near = WildText.nearest(action.prefix, among: ServiceAuthorization.prefixes)
            report.add(
                .invalidServiceInAction, "There is no service with the prefix \"\(action.prefix)\".",
                mend: near.map { "Did you mean \($0)?" } ?? "Use a prefix of the Service Authorization Reference.",
                at: entry.place)
            return
        }
        guard action.matched.isEmpty, action.name != "*" else { return }
        let near =
            WildText.isWild(action.name) ? nil : WildText.nearest(action.name, among: service.actions.map(\.name))
        report.add(
            .invalidAction, "\(service.title) has no action \"\(action.prefix):\(action.name)\".",
            mend: near.map { "Did you mean \(action.prefix):\($0)?" } ?? "Use an action of the service.",
            at: entry.place)
    }

    /// Services whose actions a policy of that resource may name.
    private static let services: [String: [String]] = [
        "AWS::S3::Bucket": ["s3"], "AWS::S3::AccessPoint": ["s3"], "AWS::S3::MultiRegionAccessPoint": ["s3"],
        "AWS::S3ObjectLambda::AccessPoint": ["s3-object-lambda"], "AWS::DynamoDB::Table": ["dynamodb"],
        "AWS::IAM::AssumeRolePolicyDocument": ["sts"],
    ]

    private static func checkFit(_ action: ActionName, _ entry: PlacedText, _ use: PolicyUse, _ report: inout Report) {
        guard let type = use.kind == .trust ? "AWS::IAM::AssumeRolePolicyDocument" : use.resourceType,
            let known = services[type], !action.isEverything, action.hasColon, !WildText.isWild(action.prefix)
        else { return }
        let isOfTrust =
            type != "AWS::IAM::AssumeRolePolicyDocument" || action.matched.isEmpty
            || action.matched.contains { action in
                action.name.hasPrefix("AssumeRole")
                    || ["TagSession", "SetSourceIdentity", "SetContext"].contains(action.name)
            }
        guard !known.contains(action.prefix) || !isOfTrust else { return }
        report.add(
            .unsupportedActionInPolicy,
            "\"\(entry.text)\" has nothing to do with the policy of a resource of the type \(type).",
            mend: "Name actions of \(known.joined(separator: ", ")).", at: entry.place)
    }
}
