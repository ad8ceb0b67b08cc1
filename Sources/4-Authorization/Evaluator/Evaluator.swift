import AWS

/// Decides one question. Pure: the same arguments give the same answer.
///
/// Any matching Deny decides first. Then resource and service control policies and the endpoint policy must allow; then
/// the resource side and the identity side, as the accounts and names involved demand.
/// - Source: IAM User Guide, "Policy evaluation logic" and "Cross-account policy evaluation logic".
public func decide(_ question: Question, under policies: PolicySet, in context: RequestContext) -> Decision {
    if question.action.service == "sts", question.action.name == "getcalleridentity",
        question.subject.kind != .anonymous
    {
        return Decision(outcome: .allowed, layer: .unconditional, statement: nil)
    }
    var evaluation = Evaluation()
    return evaluation.decide(question, policies, context)
}

/// What the layers said so far. The arguments are passed along rather than kept, so that nothing is copied.
private struct Evaluation: ~Copyable {
    private var scp = Scan(), rcp = Scan(), endpoint = Scan(), resource = Scan()
    private var identity = Scan(), boundary = Scan(), session = Scan()
    /// True if a grant by the caller's own account, to the caller or its role by name, stands in for its identity policies.
    private var hasOwnGrant = false

    mutating func decide(_ question: Question, _ policies: PolicySet, _ context: RequestContext) -> Decision {
        if let denial = firstDenial(question, policies, context) { return denial }
        if policies.rcps != nil, question.isUnderRCPs, rcp.allow == nil { return missing(.rcp) }
        if policies.scps != nil, question.subject.isUnderSCPs, scp.allow == nil { return missing(.scp) }
        if policies.endpoint != nil, endpoint.allow == nil { return missing(.endpoint) }
        if let s3 = policies.s3, s3.shuts(question, under: policies.resource?.policy) { return missing(.resource) }
        let reach = resourceReach(question, policies)
        guard question.subject.isAccountIdentity else { return decideForStrangers(reach) }
        return isOwners(question, policies)
            ? decideInAccount(question, policies, reach) : decideAcrossAccounts(question, policies, reach)
    }

    /// Layers in the order in which a denial is reported.
    private mutating func firstDenial(_ question: Question, _ policies: PolicySet, _ context: RequestContext)
        -> Decision?
    {
        let hasBoundary = policies.bounds(question.subject)
        if let levels = policies.scps, question.subject.isUnderSCPs {
            scp = question.scan(levels: levels, context, hasBoundary: hasBoundary)
            if let deny = scp.deny { return denied(.scp, deny) }
        }
        if let levels = policies.rcps, question.isUnderRCPs {
            rcp = question.scan(levels: levels, context, hasBoundary: hasBoundary)
            if let deny = rcp.deny { return denied(.rcp, deny) }
        }
        if let policy = policies.endpoint {
            endpoint = question.scan(policy, context, hasBoundary: hasBoundary)
            if let deny = endpoint.deny { return denied(.endpoint, deny) }
        }
        if let policy = policies.resource {
            resource = question.scan(policy, context, hasBoundary: hasBoundary)
            if let deny = resource.deny { return denied(.resource, deny) }
        }
        return denialOnTheCallersSide(question, policies, context)
    }

    private mutating func denialOnTheCallersSide(
        _ question: Question, _ policies: PolicySet, _ context: RequestContext
    ) -> Decision? {
        let hasBoundary = policies.bounds(question.subject)
        if question.subject.hasIdentityPolicies {
            identity = question.scan(policies.identityList, context, hasBoundary: hasBoundary)
            if let deny = identity.deny { return denied(.identity, deny) }
            if let policy = policies.boundary {
                boundary = question.scan(policy, context, hasBoundary: hasBoundary)
                if let deny = boundary.deny { return denied(.boundary, deny) }
            }
        }
        if question.subject.hasIdentityPolicies || question.subject.kind == .assumedRoot, let list = policies.session {
            session = question.scan(list, context, hasBoundary: hasBoundary)
            if let deny = session.deny { return denied(.session, deny) }
        }
        return nil
    }

    /// Whether the caller is of the account whose leave is needed on the resource side.
    private func isOwners(_ question: Question, _ policies: PolicySet) -> Bool {
        if let s3 = policies.s3, s3.isAboutForeignObject(question) { return s3.objectOwner == question.subject.account }
        return question.resourceAccount == nil || question.resourceAccount == question.subject.account
    }

    /// How the resource side allows the caller: policy, grants and access control lists together.
    private mutating func resourceReach(_ question: Question, _ policies: PolicySet) -> Reach {
        let subject = question.subject
        var reach = question.isRetireGrant ? [] : resource.reach
        if let s3 = policies.s3 {
            if s3.isAboutForeignObject(question) { (reach, resource.allow) = ([], nil) }
            reach.formUnion(s3.reach(question))
        }
        for grant in policies.grants {
            let granted = grant.reach(question)
            if granted.isEmpty { continue }
            reach.formUnion(granted)
            // A grant to a whole account leaves it to that account's policies who of it may.
            let isNamed = !granted.isDisjoint(with: [.exact, .parent])
            if isNamed, let issuer = grant.issuingAccount, issuer == subject.account { hasOwnGrant = true }
        }
        return reach
    }

    /// Services, anonymous callers and bearers of tokens: the resource side alone decides.
    private func decideForStrangers(_ reach: Reach) -> Decision {
        reach.isDisjoint(with: .direct) ? missing(.resource) : allowed(.resource, resource.allow)
    }

    private func boundaryAllows(_ policies: PolicySet) -> Bool { policies.boundary == nil || boundary.allow != nil }
    /// A federated user has no permissions but its own ARN's without a session policy.
    private func sessionAllows(_ question: Question, _ policies: PolicySet) -> Bool {
        session.allow != nil || policies.session == nil && question.subject.kind != .federatedUser
    }

    private func decideInAccount(_ question: Question, _ policies: PolicySet, _ reach: Reach) -> Decision {
        let needsDelegation = policies.resourceKind != .standard && !question.isRetireGrant
        if question.subject.isRoot {
            if needsDelegation, reach.isEmpty { return missing(.resource) }
            if question.subject.kind == .assumedRoot, session.allow == nil { return missing(.session) }
            return allowed(.root, nil)
        }
        if !reach.isDisjoint(with: .direct) { return allowed(.resource, resource.allow) }
        if reach.contains(.parent), boundaryAllows(policies), sessionAllows(question, policies) {
            return allowed(.resource, resource.allow)
        }
        if needsDelegation, reach.isEmpty { return missing(.resource) }
        if identity.allow == nil { return missing(.identity) }
        if !boundaryAllows(policies) { return missing(.boundary) }
        if !sessionAllows(question, policies) { return missing(.session) }
        // Of a trust or key policy only the naming of the account is left here: the other ways have decided above.
        return allowed(.identity, identity.allow)
    }

    private func decideAcrossAccounts(_ question: Question, _ policies: PolicySet, _ reach: Reach) -> Decision {
        if reach.isEmpty { return missing(.resource) }
        if question.subject.kind == .root { return allowed(.both, nil) }
        if question.subject.kind == .assumedRoot {
            return session.allow == nil ? missing(.session) : allowed(.both, session.allow)
        }
        if identity.allow == nil, !hasOwnGrant { return missing(.identity) }
        if !boundaryAllows(policies) { return missing(.boundary) }
        if !sessionAllows(question, policies) { return missing(.session) }
        return allowed(.both, identity.allow)
    }

    private func denied(_ layer: Layer, _ statement: StatementIndex) -> Decision {
        Decision(outcome: .explicitDeny, layer: layer, statement: statement)
    }

    private func missing(_ layer: Layer) -> Decision { Decision(outcome: .implicitDeny, layer: layer, statement: nil) }

    private func allowed(_ layer: Layer, _ statement: StatementIndex?) -> Decision {
        Decision(outcome: .allowed, layer: layer, statement: statement)
    }
}
