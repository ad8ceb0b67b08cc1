import AWS
import Authentication
import Door
import IAMAPI
import Storage
import World

/// Makes a report of when a user, group, role or policy was last used for which service.
///
/// The report is done when the call is answered: a job never waits.
/// - Source: IAM API Reference, "GenerateServiceLastAccessedDetails".
struct GenerateServiceLastAccessedDetails: PreparedChange {
    typealias Shape = IAM.GenerateServiceLastAccessedDetails
    let jobs: AccessJobs

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccessTarget {
        try AccessTarget(input.arn, in: facts.signedAccount(), orPolicy: true, snapshot)
    }

    func access(_ input: Input, to target: AccessTarget, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts, keys: target.tagKeys, as: target.title)
    }

    func prepare(_ input: Input, under permit: borrowing Permit<AccessTarget>) async throws -> AccessJob {
        _ = try permit.target.required()
        return try await jobs.run(
            input.arn, byAction: input.granularity == .actionLevel, for: permit.facts.caller.principal,
            in: permit.target.account, at: permit.facts.now)
    }

    func perform(
        _ input: Input, _ prepared: AccessJob, under permit: borrowing Permit<AccessTarget>,
        in transaction: inout Transaction
    ) throws -> Output {
        try prepared.insert(in: permit.target.account, &transaction)
        return Output(jobId: prepared.id)
    }

    func abandon(_ prepared: AccessJob) async {}
}

/// The services of a report, in byte order of their namespaces.
/// - Source: IAM API Reference, "GetServiceLastAccessedDetails".
struct GetServiceLastAccessedDetails: Query, OnAccount {
    typealias Shape = IAM.GetServiceLastAccessedDetails

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let facts = permit.facts
        let job = try AccessJob.find(
            input.jobId, of: facts.caller.principal.askerID, in: permit.target, at: facts.now, snapshot)
        let page = try Page(marker: input.marker, maxItems: input.maxItems)
        let rest = job.services.filter { $0.serviceNamespace > page.after }.prefix(page.fetch)
        let (items, marker) = page.cut(Array(rest)) { $0.serviceNamespace }
        return Output(
            jobStatus: .completed, jobType: job.isByAction ? .actionLevel : .serviceLevel,
            jobCreationDate: job.started, servicesLastAccessed: items, jobCompletionDate: job.started,
            isTruncated: marker != nil, marker: marker)
    }
}

/// The users and roles that could use a report's group or policy for one service, those who did last first.
///
/// Who is in a group or has a policy is told as it is now.
/// - Source: IAM API Reference, "GetServiceLastAccessedDetailsWithEntities".
struct GetServiceLastAccessedDetailsWithEntities: Query, OnAccount {
    typealias Shape = IAM.GetServiceLastAccessedDetailsWithEntities
    static let readsJournal = true

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let facts = permit.facts
        let job = try AccessJob.find(
            input.jobId, of: facts.caller.principal.askerID, in: permit.target, at: facts.now, snapshot)
        let service = input.serviceNamespace
        guard job.services.contains(where: { $0.serviceNamespace == service }) else {
            throw IAM.InvalidInputException(message: "The report has no service with the namespace \(service).")
        }
        let page = try Page(marker: input.marker, maxItems: input.maxItems)
        guard let first = page.after.isEmpty ? 0 : Int(page.after), first >= 0 else {
            throw Invalid.marker
        }
        let target = try AccessTarget(job.target, in: permit.target, orPolicy: true, snapshot)
        let all = try details(of: target.entities(snapshot), service, snapshot)
        let items = all.dropFirst(first).prefix(page.limit)
        let isTruncated = first + items.count < all.count
        return Output(
            jobStatus: .completed, jobCreationDate: job.started, jobCompletionDate: job.started,
            entityDetailsList: Array(items), isTruncated: isTruncated,
            marker: isTruncated ? Page.token(String(first + items.count)) : nil)
    }

    private func details(
        of entities: [AccessEntity], _ service: String, _ snapshot: borrowing Snapshot
    ) throws -> [IAM.EntityDetails] {
        let behind = try GatheredUses.behindTables(snapshot)
        let details = try entities.map { entity in
            let use = try ServiceUses(of: [entity], behind, snapshot).services[service]
            return IAM.EntityDetails(entityInfo: entity.info, lastAuthenticated: use?.latest.time)
        }
        return details.sorted { left, right in
            let (first, second) = (
                left.lastAuthenticated?.milliseconds ?? .min, right.lastAuthenticated?.milliseconds ?? .min
            )
            return first != second ? first > second : left.entityInfo.arn < right.entityInfo.arn
        }
    }
}

/// The policies of a user, group or role that give something of each of some services; of one that is named twice, once.
/// - Source: IAM API Reference, "ListPoliciesGrantingServiceAccess"; that each is told of once as captured from AWS in
///   radkawar/stackd, `docs/iam-last-access.md`, commit 9dc356f.
struct ListPoliciesGrantingServiceAccess: Query {
    typealias Shape = IAM.ListPoliciesGrantingServiceAccess

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccessTarget {
        try AccessTarget(input.arn, in: facts.signedAccount(), orPolicy: false, snapshot)
    }

    func access(_ input: Input, to target: AccessTarget, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts, keys: target.tagKeys, as: target.title)
    }

    /// All fits on one page: a caller names 200 services at most, and an entity's policies are few.
    func answer(
        _ input: Input, under permit: borrowing Permit<AccessTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        guard input.marker == nil else { throw Invalid.marker }
        let policies = try permit.target.policies(snapshot)
        var named: Set<String> = []
        return Output(
            policiesGrantingServiceAccess: try input.serviceNamespaces.filter { named.insert($0).inserted }.map {
                namespace in
                guard ServiceNames.has(namespace) else {
                    throw IAM.InvalidInputException(message: "There is no service with the namespace \(namespace).")
                }
                return IAM.ListPoliciesGrantingServiceAccessEntry(
                    serviceNamespace: namespace,
                    policies: policies.filter { ServiceGrants.grants($0.policy, namespace) }.map(shape))
            }, isTruncated: false)
    }

    private func shape(_ granting: AccessTarget.Granting) -> IAM.PolicyGrantingServiceAccess {
        guard let owner = granting.owner else {
            return IAM.PolicyGrantingServiceAccess(
                policyName: granting.name, policyType: .managed, policyArn: granting.arn)
        }
        let type: IAM.PolicyOwnerEntityType = owner.kind == .user ? .user : owner.kind == .role ? .role : .group
        return IAM.PolicyGrantingServiceAccess(
            policyName: granting.name, policyType: .inline, entityType: type, entityName: owner.name)
    }
}
