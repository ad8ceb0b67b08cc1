import AWS
import AccessAnalyzerAPI
import Door
import Smithy
import Storage

/// Makes policies from what a user or role did, as the server's own event history of the last 90 days has it.
///
/// The generation is done when the call is answered: a job is stored as it ended, and never waits.
/// - Source: Access Analyzer API Reference, "StartPolicyGeneration".
struct StartPolicyGeneration: PreparedChange {
    typealias Shape = AccessAnalyzer.StartPolicyGeneration
    let jobs: PolicyJobs

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        .ask(Action("access-analyzer", "StartPolicyGeneration"), on: "*", of: target)
    }

    func prepare(_ input: Input, under permit: borrowing Permit<AccountID>) async throws -> PolicyJob {
        guard input.cloudTrailDetails == nil else {
            throw Invalid.notSupported(
                "Trails are not read. Leave cloudTrailDetails out: the policy is then generated from this server's own "
                    + "event history of the last 90 days, data events included.")
        }
        let principal = input.policyGenerationDetails.principalArn
        guard ARN(principal)?.accountID == permit.target else {
            throw Invalid.field("The principal \(principal) is not of account \(permit.target).")
        }
        return try await jobs.run(principal, at: permit.facts.now)
    }

    func perform(
        _ input: Input, _ prepared: PolicyJob, under permit: borrowing Permit<AccountID>,
        in transaction: inout Transaction
    ) throws -> Output {
        let (account, now) = (permit.target, permit.facts.now)
        if let token = input.clientToken,
            let known = try PolicyJob.find(
                token: token, of: account, since: PolicyJob.oldest(now), transaction.snapshot)
        {
            guard known.principal == prepared.principal else {
                throw AccessAnalyzer.ConflictException(
                    message: "The client token was used for another request.",
                    fields: [.init("resourceId", known.id), .init("resourceType", "PolicyGeneration")])
            }
            return Output(jobId: known.id)
        }
        let today = try PolicyJob.count(of: account, since: PolicyJob.dayBefore(now), transaction.snapshot)
        guard today < PolicyJob.mostInADay else {
            throw AccessAnalyzer.ServiceQuotaExceededException(
                message: "An account can start \(PolicyJob.mostInADay) policy generations in a day.",
                fields: [.init("resourceId", account.description), .init("resourceType", "PolicyGeneration")])
        }
        try prepared.insert(of: account, token: input.clientToken, &transaction)
        return Output(jobId: prepared.id)
    }

    func abandon(_ prepared: PolicyJob) async {}
}
