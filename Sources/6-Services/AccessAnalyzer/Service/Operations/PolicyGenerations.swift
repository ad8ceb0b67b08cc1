import AWS
import AccessAnalyzerAPI
import Door
import PolicyGeneration
import Smithy
import Storage

/// An operation on the account's generations, whose actions have no resource types.
protocol OnGenerations: Operation where Target == AccountID {}

extension OnGenerations {
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        .ask(Action("access-analyzer", Shape.model.name), on: "*", of: target)
    }

    /// The errors that the model has for these operations do not tell of absence apart.
    func find(_ id: String, under permit: borrowing Permit<AccountID>, _ snapshot: borrowing Snapshot) throws
        -> PolicyJob
    {
        let since = PolicyJob.oldest(permit.facts.now)
        guard let job = try PolicyJob.find(id, of: permit.target, since: since, snapshot) else {
            throw Invalid.field("There is no policy generation with the job id \(id).")
        }
        return job
    }
}

/// The policies a generation made.
/// - Source: Access Analyzer API Reference, "GetGeneratedPolicy".
struct GetGeneratedPolicy: Query, OnGenerations {
    typealias Shape = AccessAnalyzer.GetGeneratedPolicy

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let job = try find(input.jobId, under: permit, snapshot)
        var policies = job.policies
        if input.includeResourcePlaceholders == true { policies = PolicyTemplates.withPlaceholders(policies) }
        if input.includeServiceLevelTemplate == true { policies += PolicyTemplates.ofServices(policies) }
        return Output(
            jobDetails: .init(
                jobId: job.id, status: job.status, startedOn: job.started, completedOn: job.completed,
                jobError: job.error.map { .init(code: $0.code, message: $0.message) }),
            generatedPolicyResult: .init(
                properties: .init(isComplete: job.isComplete, principalArn: job.principal),
                generatedPolicies: policies.map { .init(policy: $0) }))
    }
}

/// The account's generations of the last seven days, newest first.
/// - Source: Access Analyzer API Reference, "ListPolicyGenerations".
struct ListPolicyGenerations: Query, OnGenerations {
    typealias Shape = AccessAnalyzer.ListPolicyGenerations

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        var jobs = try PolicyJob.all(of: permit.target, since: PolicyJob.oldest(permit.facts.now), snapshot)
        if let principal = input.principalArn { jobs = jobs.filter { $0.principal == principal } }
        if let token = input.nextToken {
            guard let place = jobs.firstIndex(where: { $0.id == token }) else {
                throw Invalid.field("The nextToken is not one that was given for this list.")
            }
            jobs = Array(jobs[(place + 1)...])
        }
        let limit = min(input.maxResults ?? 100, 100)
        let page = jobs.prefix(limit)
        return Output(
            policyGenerations: page.map {
                .init(
                    jobId: $0.id, principalArn: $0.principal, status: $0.status, startedOn: $0.started,
                    completedOn: $0.completed)
            }, nextToken: jobs.count > limit ? page.last?.id : nil)
    }
}

/// Takes a generation back: its policies are gone. One is over when its job can be named, for the call that starts one
/// waits for it; so there is never work to be stopped. A failed one has nothing that could be taken back.
/// - Source: Access Analyzer API Reference, "CancelPolicyGeneration".
struct CancelPolicyGeneration: Change, OnGenerations {
    typealias Shape = AccessAnalyzer.CancelPolicyGeneration

    func perform(
        _ input: Input, under permit: borrowing Permit<AccountID>, in transaction: inout Transaction
    ) throws -> Output {
        let job = try find(input.jobId, under: permit, transaction.snapshot)
        guard job.status != .failed else {
            throw Invalid.field("The policy generation \(job.id) failed: there is nothing to cancel.")
        }
        try job.cancel(of: permit.target, &transaction)
        return Output()
    }
}
