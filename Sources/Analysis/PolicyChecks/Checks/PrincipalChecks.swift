/// Whom a statement is for.
/// - Source: IAM User Guide, "AWS JSON policy elements: Principal", "NotPrincipal".
enum PrincipalChecks {
    static func check(_ examination: Examination, _ report: inout Report) {
        guard examination.use.hasPrincipal else { return }
        for statement in examination.statements {
            for principal in statement.principals {
                if principal.isNegated, statement.isAllow {
                    report.add(
                        .allowWithNotprincipal,
                        "Allow with NotPrincipal lets in everyone who is not named, callers without credentials included.",
                        mend: "Name in Principal who is meant.", at: principal.name.place)
                }
                for group in principal.groups {
                    for entry in group.entries { checkEntry(entry, group.kind.text, &report) }
                }
                checkFederation(principal, statement, examination.use, &report)
                checkEveryone(principal, examination.use, &report)
            }
        }
    }

    private static func checkEntry(_ entry: PlacedText, _ kind: String, _ report: inout Report) {
        let isEveryone = entry.text == "*" && kind == "AWS"
        if WildText.isWild(entry.text), !isEveryone {
            report.add(
                .unsupportedWildcardInPrincipal,
                "Under \(kind) the wildcard in \"\(entry.text)\" is a plain character, which no principal's name has.",
                mend: "Name the principal in full.", at: entry.place)
        }
        guard kind == "AWS", entry.text.utf8.count >= 16 else { return }
        let isPlain = entry.text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
        if isPlain, entry.text.hasPrefix("AROA") {
            report.add(
                .invalidRoleReference, "\"\(entry.text)\" is a role's id; a role that was deleted leaves it behind.",
                mend: "Name the role by its ARN.", at: entry.place)
        } else if isPlain, entry.text.hasPrefix("AIDA") {
            report.add(
                .invalidUserReference, "\"\(entry.text)\" is a user's id; a user that was deleted leaves it behind.",
                mend: "Name the user by its ARN.", at: entry.place)
        }
    }

    private static func checkFederation(
        _ principal: PrincipalOutline, _ statement: StatementOutline, _ use: PolicyUse, _ report: inout Report
    ) {
        guard use.kind != .trust, !TrustChecks.isAboutAssuming(statement) else { return }
        for group in principal.groups where group.kind.text == "Federated" {
            report.add(
                .federatedPrincipalNotSupported, "Identity providers can be named in trust policies of roles only.",
                mend: "Name the role that the federated users assume.", at: group.place)
        }
    }

    private static func checkEveryone(_ principal: PrincipalOutline, _ use: PolicyUse, _ report: inout Report) {
        // IAM stores "AWS": "*", which means the same; the bare star is what it refuses.
        guard use.kind == .trust, principal.isBareStar, !principal.isNegated else { return }
        report.add(
            .roleTrustPolicyUnsupportedWildcardInPrincipal,
            "No role can be given a trust policy with the bare principal \"*\".",
            mend: "Name the accounts, roles or services meant.", at: principal.place)
    }
}
