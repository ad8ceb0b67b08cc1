/// The decision, and the layer that made it (specification 5.8).
public struct Verdict: Equatable, Sendable {
    public let decision: String
    public let layer: String

    public init(decision: String, layer: String) {
        self.decision = decision
        self.layer = layer
    }

    static func allowed(by layer: String) -> Verdict { Verdict(decision: "allowed", layer: layer) }
    static func denied(by layer: String) -> Verdict { Verdict(decision: "explicitDeny", layer: layer) }
    static func missing(in layer: String) -> Verdict { Verdict(decision: "implicitDeny", layer: layer) }
}

/// Decides a vector (`request` and `policies`) by the specification's section 5.
public func secondVerdict(on vector: Tree) -> Verdict {
    Deciding(Request(vector["request"] ?? .null), vector["policies"] ?? .null).verdict
}

private struct Deciding {
    let request: Request
    let kind: String
    let policy: Tree?
    let resource: Documents
    let identity: Documents
    let boundary: Documents?
    let session: Documents?
    let scps: Levels?
    let rcps: Levels?
    let endpoint: Documents?
    let grants: [Grant]
    let bucket: Bucket?

    init(_ request: Request, _ policies: Tree) {
        let caller = request.caller
        self.request = request
        kind = policies["resourceKind"]?.string ?? "standard"
        policy = policies["resource"]
        resource = Documents(policy.map { [$0] } ?? [], .resource)
        // The table of 5.1: whose policies count at all.
        identity = Documents(caller.hasOwnPolicies ? policies["identity"]?.elements ?? [] : [], .identity)
        boundary = caller.hasOwnPolicies ? policies["boundary"].map { Documents([$0], .boundary) } : nil
        session = caller.isSession ? policies["session"].map { Documents([$0], .session) } : nil
        // 5.6: who is exempt.
        let isUnderSCP = caller.isInAccount && !caller.isServiceLinked && !caller.isInManagementAccount
        scps = isUnderSCP ? policies["scps"].map { Levels($0, .scp) } : nil
        let isUnderRCP =
            !request.isResourceInManagementAccount && !caller.isServiceLinked && !request.isServiceLinkedTarget
            && !request.isAWSManagedKey && !request.isAction("kms:RetireGrant") && request.hasResourceType
        rcps = isUnderRCP ? policies["rcps"].map { Levels($0, .rcp) } : nil
        endpoint = policies["endpoint"].map { Documents([$0], .endpoint) }
        grants = request.action.hasPrefix("kms:") ? (policies["kmsGrants"]?.elements ?? []).map(Grant.init) : []
        bucket = request.action.hasPrefix("s3:") ? policies["s3"].map(Bucket.init) : nil
    }

    var verdict: Verdict {
        // 5.6, last sentence. Who has not signed is nobody whose identity could be told.
        if request.isAction("sts:GetCallerIdentity") && request.caller.kind != .anonymous {
            return .allowed(by: "unconditional")
        }
        if let denied { return denied }
        // 5.3, steps 2 to 4; the order of 5.8.
        if let rcps, !rcps.allowRCP(request) { return .missing(in: "rcp") }
        if let scps, !scps.allowSCP(request) { return .missing(in: "scp") }
        if let endpoint, endpoint.grants(request).isEmpty { return .missing(in: "endpoint") }
        if bucket?.shutsOut(request, policy: policy) == true { return .missing(in: "resource") }
        let caller = request.caller
        // 5.5.
        guard caller.isInAccount else {
            return ways.contains(.exact) || ways.contains(.wild) ? .allowed(by: "resource") : .missing(in: "resource")
        }
        let owner = bucket?.foreignOwner(request) ?? request.owner
        return caller.account == owner ? sameAccount : crossAccount
    }

    /// 5.3, step 1, in the order of 5.8.
    private var denied: Verdict? {
        let hasBoundary = boundary != nil
        if let scps, scps.denySCP(request) { return .denied(by: "scp") }
        if let rcps, rcps.denyRCP(request, hasBoundary: hasBoundary) { return .denied(by: "rcp") }
        if let endpoint, endpoint.denies(request, hasBoundary: hasBoundary) { return .denied(by: "endpoint") }
        if resource.denies(request, hasBoundary: hasBoundary) { return .denied(by: "resource") }
        if identity.denies(request) { return .denied(by: "identity") }
        if let boundary, boundary.denies(request) { return .denied(by: "boundary") }
        if let session, session.denies(request) { return .denied(by: "session") }
        return nil
    }

    /// The ways in which the resource's side grants: its policy, the ACLs, the grants on a key.
    private var ways: [Reach] {
        var ways = grants.flatMap { $0.ways(request) } + (bucket?.ways(request) ?? [])
        if request.isAction("kms:RetireGrant") {
            // 6.3: the key's account may, its key policy has no say.
            if request.caller.account == request.owner { ways.append(request.caller.kind == .root ? .exact : .account) }
        } else if bucket?.foreignOwner(request) == nil {
            let granted = resource.grants(request)
            // For whom a provider vouches: by its name alone.
            let isBearer = request.caller.kind == .webIdentity || request.caller.kind == .saml
            ways += kind == "role-trust" && isBearer ? granted.filter { $0 != .wild } : granted
        }
        return ways
    }

    /// 5.3, steps 5 to 9.
    private var sameAccount: Verdict {
        let ways = self.ways
        let mustBeNamed = kind == "role-trust" || kind == "kms-key"
        if request.caller.kind == .root {
            return !mustBeNamed || !ways.isEmpty ? .allowed(by: "root") : .missing(in: "resource")
        }
        if ways.contains(.exact) || ways.contains(.wild) { return .allowed(by: "resource") }
        // A federated user's session policy is required here too (5.1): the user's ARN grants what the user could pass on.
        if ways.contains(.parent), cap == nil { return .allowed(by: "resource") }
        // The identity's policies count only for who is named (6.1, 6.2); the rest tells only which layer is missing.
        if mustBeNamed && !ways.contains(.account) && !ways.contains(.parent) { return .missing(in: "resource") }
        return callerSide(isGranted: false) ?? .allowed(by: "identity")
    }

    /// 5.4.
    private var crossAccount: Verdict {
        if ways.isEmpty { return .missing(in: "resource") }
        if request.caller.kind == .root { return .allowed(by: "both") }
        let isGranted = grants.contains { grant in
            grant.issuer == request.caller.account && grant.ways(request).contains { $0 == .exact || $0 == .parent }
        }
        return callerSide(isGranted: isGranted) ?? .allowed(by: "both")
    }

    /// What is missing of identity, boundary and session policy; nil if nothing is.
    /// - Parameter isGranted: A grant of the caller's own account that names the caller, or its role, stands for the identity
    ///   policy (6.3). One that names the account does not.
    private func callerSide(isGranted: Bool) -> Verdict? {
        if !isGranted && !identity.allows(request) { return .missing(in: "identity") }
        return cap
    }

    /// What is missing of boundary and session policy; nil if nothing is.
    private var cap: Verdict? {
        if let boundary, !boundary.allows(request) { return .missing(in: "boundary") }
        if let session { return session.allows(request) ? nil : .missing(in: "session") }
        // 5.1: a federated user has no identity permission without a session policy.
        return request.caller.kind == .federatedUser ? .missing(in: "session") : nil
    }
}
