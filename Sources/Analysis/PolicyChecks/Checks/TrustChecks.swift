/// What trust policies of roles get wrong. Also made for policies of resources whose statements are about assuming roles,
/// because that is what they then are.
/// - Source: IAM User Guide, "Roles terms and concepts", "Creating a role for OpenID Connect federation".
enum TrustChecks {
    /// Whether a statement is about assuming a role.
    static func isAboutAssuming(_ statement: StatementOutline) -> Bool {
        statement.actions.flatMap(\.entries).contains { $0.text.lowercased().hasPrefix("sts:") }
    }

    static func check(_ examination: Examination, _ report: inout Report) {
        guard examination.use.kind == .trust || examination.use.kind == .resource && examination.use.resourceType == nil
        else { return }
        for statement in examination.statements {
            guard examination.use.kind == .trust || isAboutAssuming(statement), let principal = statement.principal
            else {
                continue
            }
            checkProviders(principal, &report)
            checkActions(statement, principal, &report)
            checkKeys(statement, &report)
            checkSessions(principal, &report)
            checkClaims(statement, principal, &report)
        }
    }

    /// Providers that AWS knows by name.
    private static let wellKnown: Set<String> = [
        "cognito-identity.amazonaws.com", "accounts.google.com", "graph.facebook.com", "www.amazon.com",
    ]

    private static func isSAML(_ text: String) -> Bool { text.contains(":saml-provider/") }
    private static func isOIDC(_ text: String) -> Bool { wellKnown.contains(text) || text.contains(":oidc-provider/") }

    private static func checkProviders(_ principal: PrincipalOutline, _ report: inout Report) {
        for entry in principal.entries("Federated") where !WildText.isWild(entry.text) {
            let isDomain =
                !entry.text.hasPrefix("arn:") && entry.text.contains(".") && !entry.text.contains(" ")
                && !entry.text.contains(":")
            guard !isDomain, !isSAML(entry.text), !isOIDC(entry.text) else { continue }
            report.add(
                .invalidFederatedPrincipalSyntaxInRoleTrustPolicy,
                "\"\(entry.text)\" is neither the domain nor the ARN of an identity provider.",
                mend: "Write the provider's ARN in IAM, or the domain of a provider AWS knows.", at: entry.place)
        }
    }

    private static func checkActions(
        _ statement: StatementOutline, _ principal: PrincipalOutline, _ report: inout Report
    ) {
        guard let list = statement.action, !list.isNegated, !principal.isNegated else { return }
        for entry in list.entries {
            let strangers: [PlacedText]
            switch entry.text.lowercased() {
            case "sts:assumerole": strangers = principal.entries("Federated")
            case "sts:assumerolewithsaml":
                strangers = others(principal) + principal.entries("Federated").filter { !isSAML($0.text) }
            case "sts:assumerolewithwebidentity":
                strangers = others(principal) + principal.entries("Federated").filter { isSAML($0.text) }
            default: continue
            }
            guard !strangers.isEmpty else { continue }
            report.add(
                .mismatchedActionForPrincipal,
                "\(entry.text) is not how \(strangers.map(\.text).joined(separator: ", ")) assumes a role.",
                mend:
                    "SAML providers use sts:AssumeRoleWithSAML, OIDC providers sts:AssumeRoleWithWebIdentity, all others sts:AssumeRole.",
                at: [entry.place] + strangers.map(\.place))
        }
        checkRolesAnywhere(list, principal, &report)
    }

    /// Principals that are no identity providers.
    private static func others(_ principal: PrincipalOutline) -> [PlacedText] {
        principal.entries("AWS") + principal.entries("Service")
    }

    private static func checkRolesAnywhere(_ list: TextList, _ principal: PrincipalOutline, _ report: inout Report) {
        guard let service = principal.entries("Service").first(where: { $0.text == "rolesanywhere.amazonaws.com" })
        else {
            return
        }
        let needed = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]
        let missing = needed.filter { action in !list.entries.contains { ActionName($0.text).matches(action) } }
        guard !missing.isEmpty else { return }
        report.add(
            .missingActionForRolesAnywhereTrustPolicy,
            "IAM Roles Anywhere cannot assume the role: it also needs \(missing.joined(separator: ", ")).",
            mend: "Add \(missing.count == 1 ? "it" : "them") to Action.", at: list.place, service.place)
    }

    /// Keys whose values come with an action that must itself be allowed.
    private static let companions: [(key: String, action: String)] = [
        ("sts:sourceidentity", "sts:SetSourceIdentity"), ("sts:transitivetagkeys", "sts:TagSession"),
        ("aws:tagkeys", "sts:TagSession"), ("aws:requesttag/", "sts:TagSession"),
    ]

    private static func checkKeys(_ statement: StatementOutline, _ report: inout Report) {
        guard let list = statement.action, !list.isNegated, !list.entries.isEmpty else { return }
        for condition in statement.conditions {
            for (key, action) in companions
            where condition.keyName == key || key.hasSuffix("/") && condition.keyName.hasPrefix(key) {
                guard !list.entries.contains(where: { ActionName($0.text).matches(action) }) else { continue }
                report.add(
                    .missingActionForConditionKey,
                    "\(condition.key.text) has a value only where the caller may \(action), which the statement does not name.",
                    mend: "Add \(action) to Action.", at: list.place, condition.key.place)
            }
        }
    }

    private static func checkSessions(_ principal: PrincipalOutline, _ report: inout Report) {
        let entries = principal.entries("AWS")
        let roles = Set(entries.compactMap { entry in roleName(entry.text) })
        for entry in entries {
            let fields = entry.text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
            guard fields.count == 6, fields[5].hasPrefix("assumed-role/") else { continue }
            let parts = fields[5].split(separator: "/")
            guard parts.count == 3, roles.contains("\(fields[4])/\(parts[1])") else { continue }
            report.add(
                .redundantPrincipalInRoleTrustPolicy,
                "The session \(entry.text) is one of the role \(parts[1]), which is named too.",
                mend: "Remove the session.", at: entry.place)
        }
    }

    /// `ACCOUNT/NAME` of a role's ARN, its path left out as in the ARNs of sessions.
    private static func roleName(_ arn: String) -> String? {
        let fields = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard fields.count == 6, fields[5].hasPrefix("role/"), let name = fields[5].split(separator: "/").last else {
            return nil
        }
        return "\(fields[4])/\(name)"
    }

    // Claims of OIDC providers.

    private static let gitHub = "token.actions.githubusercontent.com"

    private static func checkClaims(
        _ statement: StatementOutline, _ principal: PrincipalOutline, _ report: inout Report
    ) {
        guard statement.isAllow, !principal.isNegated else { return }
        for entry in principal.entries("Federated") where isOIDC(entry.text) {
            let domain =
                entry.text.firstRange(of: ":oidc-provider/").map { String(entry.text[$0.upperBound...]) } ?? entry.text
            let claims = statement.conditions.filter { $0.keyName.hasPrefix(domain.lowercased() + ":") }
            if claims.isEmpty {
                report.add(
                    .missingConditionKeyForOidcPrincipal,
                    "Whoever has any token of \(domain) can assume the role: no condition looks at its claims.",
                    mend: "Add conditions on \(domain):aud and \(domain):sub.", at: entry.place)
            }
            if domain == gitHub, !claims.contains(where: { $0.keyName == gitHub + ":sub" }) {
                report.add(
                    .missingGithubRepoConditionKey,
                    "Workflows of every repository on GitHub can assume the role.",
                    mend: "Add a condition on \(gitHub):sub that names repository and branch.", at: entry.place)
            }
            for claim in claims where claim.keyName == domain.lowercased() + ":aud" && claim.operation.qualifier != nil
            {
                report.add(
                    .confirmAudienceClaimType,
                    "\(claim.operation.qualifier ?? "") is right only if this provider sends several audiences in one token.",
                    mend: "If it sends one, leave the qualifier out.", at: claim.operatorName.place, claim.key.place)
            }
        }
        for claim in statement.conditions(on: gitHub + ":sub") where claim.operation.isLike {
            for operand in claim.operands where isBroad(operand.text) {
                report.add(
                    .specificGithubRepoAndBranchRecommended,
                    "\"\(operand.text)\" also matches workflows that you do not control.",
                    mend: "Name organization, repository and branch, such as repo:ORG/REPO:ref:refs/heads/main.",
                    at: operand.place)
            }
        }
    }

    /// Whether the organization or the repository is left open.
    private static func isBroad(_ subject: String) -> Bool {
        guard WildText.isWild(subject) else { return false }
        let parts = subject.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0] == "repo" else { return true }
        return WildText.isWild(String(parts[1])) || parts.count < 3 || parts[2...].allSatisfy { $0 == "*" }
    }
}
