/// Services as principals: they call for others, and the policy should say for whom.
/// - Source: IAM User Guide, "The confused deputy problem"; "AWS global condition context keys".
enum ServicePrincipalChecks {
    private static let sources = ["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"]
    /// What people use instead.
    private static let substitutes: Set<String> = ["aws:referer", "aws:useragent", "aws:sourceip"]
    /// Keys that tell of a principal with an account; a service has none.
    private static let principalKeys: Set<String> = [
        "aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths", "aws:username",
        "aws:principaltype",
    ]

    static func check(_ examination: Examination, _ report: inout Report) {
        guard examination.use.kind == .resource else { return }
        for statement in examination.statements {
            guard let principal = statement.principal, !principal.isNegated else { continue }
            let services = principal.entries("Service")
            guard let first = services.first, !TrustChecks.isAboutAssuming(statement) else { continue }
            if principal.groups.allSatisfy({ $0.kind.text == "Service" }) {
                checkKeys(statement, first, &report)
            }
            guard statement.isAllow, !statement.hasCondition(on: sources) else { continue }
            if let substitute = statement.conditions.first(where: { substitutes.contains($0.keyName) }) {
                report.add(
                    .recommendedConditionKeyForServicePrincipal,
                    "\(substitute.key.text) does not tell for whom \(first.text) calls.",
                    mend: "Use aws:SourceArn or aws:SourceAccount instead.", at: substitute.key.place, first.place)
            } else {
                report.add(
                    .restrictAccessToServicePrincipal,
                    "\(first.text) may use this for any of its customers: nothing says for whom it must be calling.",
                    mend: "Add a condition on aws:SourceArn or aws:SourceAccount.", at: services.map(\.place))
            }
        }
    }

    private static func checkKeys(_ statement: StatementOutline, _ service: PlacedText, _ report: inout Report) {
        let strange = statement.conditions.filter {
            principalKeys.contains($0.keyName) || $0.keyName.hasPrefix("aws:principaltag/")
        }.filter { $0.operation.family != .null }
        guard !strange.isEmpty else { return }
        report.add(
            .unsupportedConditionKeyForServicePrincipal,
            "\(service.text) is a service: its requests do not have \(strange.map(\.key.text).joined(separator: ", ")).",
            mend: "Use aws:SourceArn, aws:SourceAccount or aws:SourceOrgID.", at: strange.map(\.key.place))
    }
}
