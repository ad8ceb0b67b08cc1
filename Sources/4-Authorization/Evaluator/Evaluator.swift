import AWS

/// Decides one question. Pure: the same arguments give the same answer.
///
/// Any matching Deny decides first. Then resource and service control policies and the endpoint policy must allow; then
/// the resource side and the identity side, as the accounts and names involved demand.
/// - Source: IAM User Guide, "Policy evaluation logic" and "Cross-account policy evaluation logic".
package func decide(_ question: Question, under policies: PolicySet, in context: RequestContext) -> Decision {
    if question.action.service == "sts", question.action.name == "getcalleridentity" {
        return Decision(outcome: .allowed, layer: .unconditional, statement: nil)
    }
    var evaluation = Evaluation(question: question, policies: policies, context: context)
    return evaluation.decide()
}

private struct Evaluation: ~Copyable {
    let question: Question
    let policies: PolicySet
    let scanner: Scanner
    private var scp = Scan(), rcp = Scan(), endpoint = Scan(), resource = Scan()
    private var identity = Scan(), boundary = Scan(), session = Scan()
    /// True if a grant by the caller's own account stands in for its identity policies.
    private var hasOwnGrant = false

    init(question: Question, policies: PolicySet, context: RequestContext) {
        (self.question, self.policies) = (question, policies)
        scanner = Scanner(question: question, context: context, hasBoundary: policies.boundary != nil)
    }

    private var subject: Subject { question.subject }
    private var hasSCPs: Bool { policies.scps != nil && subject.isUnderSCPs }
    private var hasRCPs: Bool { policies.rcps != nil && question.isUnderRCPs }

    mutating func decide() -> Decision {
        if let denial = firstDenial() { return denial }
        if hasRCPs, rcp.allow == nil { return missing(.rcp) }
        if hasSCPs, scp.allow == nil { return missing(.scp) }
        if policies.endpoint != nil, endpoint.allow == nil { return missing(.endpoint) }
        let reach = resourceReach()
        guard subject.isAccountIdentity else { return decideForStrangers(reach) }
        let owner = owner
        return owner == nil || owner == subject.account ? decideInAccount(reach) : decideAcrossAccounts(reach)
    }

    /// Layers in the order in which a denial is reported.
    private mutating func firstDenial() -> Decision? {
        if hasSCPs, let levels = policies.scps {
            scp = scanner.scan(levels: levels)
            if let deny = scp.deny { return denied(.scp, deny) }
        }
        if hasRCPs, let levels = policies.rcps {
            rcp = scanner.scan(levels: levels)
            if let deny = rcp.deny { return denied(.rcp, deny) }
        }
        if let policy = policies.endpoint {
            endpoint = scanner.scan(policy)
            if let deny = endpoint.deny { return denied(.endpoint, deny) }
        }
        if let policy = policies.resource {
            resource = scanner.scan(policy)
            if let deny = resource.deny { return denied(.resource, deny) }
        }
        if subject.hasIdentityPolicies {
            identity = scanner.scan(policies.identity)
            if let deny = identity.deny { return denied(.identity, deny) }
            if let policy = policies.boundary {
                boundary = scanner.scan(policy)
                if let deny = boundary.deny { return denied(.boundary, deny) }
            }
        }
        if subject.hasIdentityPolicies || subject.kind == .assumedRoot, let list = policies.session {
            session = scanner.scan(list)
            if let deny = session.deny { return denied(.session, deny) }
        }
        return nil
    }

    /// The account whose leave is needed on the resource side.
    private var owner: AccountID? {
        policies.s3?.owner(of: question.action, bucketOwner: question.resourceAccount) ?? question.resourceAccount
    }

    /// How the resource side allows the caller: policy, grants and access control lists together.
    private mutating func resourceReach() -> Reach {
        var reach = question.isRetireGrant ? [] : resource.reach
        if let s3 = policies.s3 {
            if owner != question.resourceAccount { reach = [] }
            reach.formUnion(s3.reach(question))
            let isOwners = subject.account != nil && subject.account == question.resourceAccount
            if s3.restrictsPublicBuckets, policies.resource?.policy.isPublic == true, !isOwners, subject.kind != .service {
                return []
            }
        }
        for grant in policies.grants {
            let granted = grant.reach(question)
            if granted.isEmpty { continue }
            reach.formUnion(granted)
            if let issuer = grant.issuingAccount, issuer == subject.account { hasOwnGrant = true }
        }
        return reach
    }

    /// Services, anonymous callers and bearers of tokens: the resource side alone decides.
    private func decideForStrangers(_ reach: Reach) -> Decision {
        reach.isDisjoint(with: .direct) ? missing(.resource) : allowed(.resource, resource.allow)
    }

    private var boundaryAllows: Bool { policies.boundary == nil || boundary.allow != nil }
    /// A federated user has no permissions but its own ARN's without a session policy.
    private var sessionAllows: Bool { session.allow != nil || policies.session == nil && subject.kind != .federatedUser }

    private func decideInAccount(_ reach: Reach) -> Decision {
        let needsDelegation = policies.resourceKind != .standard && !question.isRetireGrant
        if subject.isRoot {
            if needsDelegation, reach.isEmpty { return missing(.resource) }
            if subject.kind == .assumedRoot, session.allow == nil { return missing(.session) }
            return allowed(.root, nil)
        }
        if !reach.isDisjoint(with: .direct) { return allowed(.resource, resource.allow) }
        if reach.contains(.parent), boundaryAllows, sessionAllows { return allowed(.resource, resource.allow) }
        if needsDelegation, reach.isEmpty { return missing(.resource) }
        if identity.allow == nil { return missing(.identity) }
        if !boundaryAllows { return missing(.boundary) }
        if !sessionAllows { return missing(.session) }
        if needsDelegation, !reach.contains(.account) { return missing(.resource) }
        return allowed(.identity, identity.allow)
    }

    private func decideAcrossAccounts(_ reach: Reach) -> Decision {
        if reach.isEmpty { return missing(.resource) }
        if subject.kind == .root { return allowed(.both, nil) }
        if subject.kind == .assumedRoot { return session.allow == nil ? missing(.session) : allowed(.both, session.allow) }
        if identity.allow == nil, !hasOwnGrant { return missing(.identity) }
        if !boundaryAllows { return missing(.boundary) }
        if !sessionAllows { return missing(.session) }
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
