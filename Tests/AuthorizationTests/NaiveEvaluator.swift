import AWS

@testable import Authorization

/// The specification word for word, over documents as read: no compiled forms, no early end, no order.
struct NaiveEvaluator {
    let question: Question
    let policies: PolicySet
    let context: RequestContext

    func outcome() -> Decision.Outcome {
        let subject = question.subject
        let isMember = ![.service, .anonymous, .webIdentity, .saml].contains(subject.kind)
        let underSCP = isMember && !subject.isServiceLinked && !subject.isInManagementAccount
        let underRCP =
            !question.isResourceInManagementAccount && !subject.isServiceLinked && question.resource.description != "*"
        let hasIdentity = isMember && subject.kind != .root
        var lists: [[NamedPolicy]] = [[policies.endpoint, policies.resource].compactMap { $0 }]
        if underSCP { lists += policies.scps ?? [] }
        if underRCP { lists += policies.rcps ?? [] }
        if hasIdentity { lists += [policies.identity, [policies.boundary].compactMap { $0 }, policies.session ?? []] }
        if lists.joined().contains(where: { !matching($0, "Deny").isEmpty }) { return .explicitDeny }
        if underSCP, let scps = policies.scps, !scps.allSatisfy(allows) { return .implicitDeny }
        if underRCP, let rcps = policies.rcps, !rcps.allSatisfy(allows) { return .implicitDeny }
        if let endpoint = policies.endpoint, !allows([endpoint]) { return .implicitDeny }

        var names: Set<String> = []
        if let resource = policies.resource {
            for (statement, version) in matching(resource, "Allow") {
                names.formUnion(reaches(statement))
                _ = version
            }
        }
        if policies.resourceKind == .roleTrust, [.webIdentity, .saml].contains(subject.kind) { names.remove("wild") }
        let isDirect = names.contains("exact") || names.contains("wild")
        let boundary = policies.boundary.map { allows([$0]) } ?? true
        let session = policies.session.map(allows) ?? (subject.kind != .federatedUser)
        let identity = allows(policies.identity)
        if !isMember { return isDirect ? .allowed : .implicitDeny }
        let isOwn = subject.account == question.resourceAccount
        if !isOwn {
            if names.isEmpty { return .implicitDeny }
            return subject.kind == .root || identity && boundary && session ? .allowed : .implicitDeny
        }
        let isClosed = policies.resourceKind != .standard
        if subject.kind == .root { return isClosed && names.isEmpty ? .implicitDeny : .allowed }
        if isDirect { return .allowed }
        if names.contains("parent"), boundary, session { return .allowed }
        if identity, boundary, session, !isClosed || names.contains("account") { return .allowed }
        return .implicitDeny
    }

    private func allows(_ list: [NamedPolicy]) -> Bool { list.contains { !matching($0, "Allow").isEmpty } }

    private func matching(_ policy: NamedPolicy, _ effect: String) -> [(PolicyStatement, PolicyDocument.Version)] {
        let document = policy.policy.document
        let version = document.version ?? .v2008
        return document.statements.filter { $0.effect == effect && matches($0, version) }.map { ($0, version) }
    }

    private func matches(_ statement: PolicyStatement, _ version: PolicyDocument.Version) -> Bool {
        if statement.principal != nil || statement.notPrincipal != nil, reaches(statement).isEmpty { return false }
        if let list = statement.action, !list.contains(where: action) { return false }
        if let list = statement.notAction, list.contains(where: action) { return false }
        if let list = statement.resource, !list.contains(where: { resource($0, version) }) { return false }
        if let list = statement.notResource, list.contains(where: { resource($0, version) }) { return false }
        return statement.condition.allSatisfy { condition($0, version) }
    }

    private func reaches(_ statement: PolicyStatement) -> Set<String> {
        if let listed = statement.notPrincipal {
            guard statement.effect == "Deny" else { return [] }
            let names = reaches(listed)
            return policies.boundary == nil && (names.contains("exact") || names.contains("wild")) ? [] : ["wild"]
        }
        return statement.principal.map(reaches) ?? []
    }

    private func reaches(_ element: PrincipalElement) -> Set<String> {
        if element.isBareStar { return ["wild"] }
        let subject = question.subject
        var names: Set<String> = []
        for mention in element.mentions {
            if mention.kind == .service {
                if subject.kind == .service, subject.name == mention.value { names.insert("exact") }
            } else if mention.value == "*" {
                names.insert("wild")
            } else if let account = subject.account?.description,
                [account, "arn:aws:iam::\(account):root"].contains(mention.value)
            {
                names.insert(subject.kind == .root ? "exact" : "account")
            } else if mention.value == subject.arn {
                names.insert("exact")
            } else if mention.value == subject.parentARN {
                names.insert("parent")
            }
        }
        return names
    }

    private func glob(_ pattern: String, _ text: String) -> Bool {
        GlobTests.naive(Array(pattern.utf16)[...], Array(text.utf16)[...])
    }

    private func action(_ pattern: String) -> Bool {
        if pattern == "*" { return true }
        let pieces = pattern.lowercased().split(separator: ":").map(String.init)
        let own = question.action.description.lowercased().split(separator: ":").map(String.init)
        return pieces.count == 2 && glob(pieces[0], own[0]) && glob(pieces[1], own[1])
    }

    private func resource(_ pattern: String, _ version: PolicyDocument.Version) -> Bool {
        if pattern == "*" { return true }
        let own = question.resource.description.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
            .map(String.init)
        var pieces = pattern.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        guard own.count == 6, pieces.count == 6 else { return false }
        guard let last = expanded(pieces[5], version) else { return false }
        pieces[5] = last
        return zip(pieces, own).allSatisfy(glob)
    }

    /// Only `${aws:username}` and `${ck:none}`, whose values hold no wildcard.
    private func expanded(_ text: String, _ version: PolicyDocument.Version) -> String? {
        guard version == .v2012 else { return text }
        if text.contains("${ck:none}") { return nil }
        guard text.contains("${aws:username}") else { return text }
        guard case .single(let name)? = context.value(of: ConditionKey("aws:username")) else { return nil }
        return text.split(separator: "${aws:username}", omittingEmptySubsequences: false).joined(separator: name)
    }

    private func condition(_ condition: PolicyCondition, _ version: PolicyDocument.Version) -> Bool {
        var name = Substring(condition.operatorName)
        let value = context.value(of: ConditionKey(condition.key))
        if name == "Null" { return condition.values.contains { ($0 == "true") == (value == nil) } }
        let isAll = name.hasPrefix("ForAllValues:")
        let isAny = name.hasPrefix("ForAnyValue:")
        name = name.split(separator: ":").last ?? name
        let ifExists = name.hasSuffix("IfExists")
        if ifExists { name = name.dropLast(8) }
        let isNegated = name.contains("Not")
        func one(_ text: String) -> Bool {
            let hit = condition.values.contains { operand in
                guard let operand = expanded(operand, version) else { return false }
                return name.hasSuffix("Like") ? glob(operand, text) : operand == text
            }
            return hit != isNegated
        }
        switch value {
        case nil: return isAll || !isAny && (ifExists || isNegated)
        case .single(let text)?: return one(text)
        case .multiple(let texts)?: return isAll ? texts.allSatisfy(one) : isAny ? texts.contains(where: one) : false
        }
    }
}
