import Authorization

/// What one kind of policy may hold and others may not, and how long it may be.
/// - Source: IAM User Guide, "IAM and AWS STS quotas"; Organizations User Guide, "SCP syntax", "RCP syntax".
enum KindChecks {
    static func check(_ examination: Examination, _ report: inout Report) {
        checkSize(examination, &report)
        for statement in examination.statements {
            switch examination.use.kind {
            case .identity, .session: checkIdentity(statement, &report)
            case .serviceControl: checkServiceControl(statement, &report)
            case .resourceControl: checkResourceControl(statement, &report)
            case .trust: checkTrust(statement, &report)
            case .resource: break
            }
        }
    }

    private static func checkIdentity(_ statement: StatementOutline, _ report: inout Report) {
        for principal in statement.principals {
            report.add(
                .unsupportedPrincipal,
                "A policy of an identity is for those it is attached to; it cannot have a \(principal.name.text).",
                mend: "Remove the element.", at: principal.name.place)
        }
    }

    private static func checkServiceControl(_ statement: StatementOutline, _ report: inout Report) {
        for principal in statement.principals {
            report.add(
                .scpSyntaxErrorPrincipal, "Service control policies cannot have a \(principal.name.text).",
                mend: "Remove it; to single out principals, use the condition key aws:PrincipalArn.",
                at: principal.name.place)
        }
    }

    private static func checkResourceControl(_ statement: StatementOutline, _ report: inout Report) {
        let isForAll = statement.principals.allSatisfy { principal in
            !principal.isNegated
                && (principal.isBareStar
                    || principal.groups.count == 1 && principal.groups[0].kind.text == "AWS"
                        && !principal.groups[0].isArray && principal.groups[0].entries.map(\.text) == ["*"])
        }
        if !isForAll || statement.principals.isEmpty {
            report.add(
                .rcpSyntaxErrorPrincipal,
                "Resource control policies are for everyone: the one Principal they may have is \"*\".",
                mend: "Write \"Principal\": \"*\", and single principals out by conditions.",
                at: statement.principals.first?.name.place ?? statement.place)
        }
        if statement.isAllow {
            report.add(
                .rcpSyntaxErrorAllow,
                "Resource control policies of your own can only deny; AWS's own policy allows everything.",
                mend: "Turn the statement into a Deny.", at: statement.effect?.place ?? statement.place)
        }
        for list in statement.actions {
            if list.isNegated {
                report.add(
                    .rcpSyntaxErrorNotaction, "Resource control policies cannot have NotAction.",
                    mend: "List the actions in Action.", at: list.name.place)
                continue
            }
            for entry in list.entries where !isReached(entry.text) {
                report.add(
                    .rcpSyntaxErrorAction,
                    "\"\(entry.text)\" is not an action of a service that resource control policies reach.",
                    mend: "Name actions of supported services, each with its prefix.", at: entry.place)
            }
        }
    }

    private static func isReached(_ action: String) -> Bool {
        let name = ActionName(action)
        return name.hasColon && OperandReading.isReachedByRCPs(name.prefix)
    }

    private static func checkTrust(_ statement: StatementOutline, _ report: inout Report) {
        for list in statement.resources {
            report.add(
                .roleTrustPolicySyntaxErrorResource,
                "A trust policy is about the role it belongs to; it cannot name resources.",
                mend: "Remove \(list.name.text).", at: list.name.place)
        }
        for principal in statement.principals where principal.isNegated {
            report.add(
                .roleTrustPolicySyntaxErrorNotprincipal, "Trust policies cannot have NotPrincipal.",
                mend: "Name in Principal who may assume the role.", at: principal.name.place)
        }
    }

    private static func checkSize(_ examination: Examination, _ report: inout Report) {
        let text = String(decoding: examination.text.bytes, as: UTF8.self)
        let all = PolicyQuota.count(text)
        let dense = PolicyQuota.countWithoutWhitespace(text)
        func tell(_ check: Check, _ size: Int, _ quota: Int, _ what: String) {
            guard size > quota else { return }
            report.add(
                check, "The policy has \(size) characters; \(what) may have \(quota).",
                mend: "Split it into several, or shorten it with wildcards.", at: examination.outline.place)
        }
        switch examination.use.kind {
        case .identity:
            tell(
                .policySizeExceedsIdentityPolicyQuota, dense, PolicyQuota.managed,
                "managed policies, white space aside,")
        case .session: tell(.policySizeExceedsIdentityPolicyQuota, all, PolicyQuota.session, "session policies")
        case .trust:
            tell(
                .policySizeExceedsRoleTrustPolicyQuota, dense, PolicyQuota.trust,
                "trust policies, white space aside and unless AWS has raised the quota,")
        case .resource:
            tell(
                .policySizeExceedsResourcePolicyQuota, text.utf8.count, PolicyQuota.bucketPolicy,
                "policies of resources such as buckets")
        case .serviceControl:
            tell(.policySizeExceedsScpQuota, all, PolicyQuota.organizations, "service control policies")
        case .resourceControl:
            tell(.policySizeExceedsRcpQuota, all, PolicyQuota.organizations, "resource control policies")
        }
    }
}
