import AWS
import Door
import IAMAPI
import Smithy
import Storage

/// What policies given as text would decide. Tells nothing of the account.
/// - Source: IAM API Reference, "SimulateCustomPolicy".
struct SimulateCustomPolicy: Query {
    typealias Shape = IAM.SimulateCustomPolicy

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        try ask(on: "*", facts)
    }

    func answer(_ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot) throws
        -> Output
    {
        let request = SimulationRequest(input)
        let simulation = try request.simulation(nil, in: permit.target, snapshot)
        let page = try SimulationPage(simulation, request.actions, input.marker, input.maxItems)
        return Output(evaluationResults: page.results, isTruncated: page.marker != nil, marker: page.marker)
    }
}

/// What the policies of a user, group or role would decide, and what else is given as text.
/// - Source: IAM API Reference, "SimulatePrincipalPolicy".
struct SimulatePrincipalPolicy: Query, OnSimulationSource {
    typealias Shape = IAM.SimulatePrincipalPolicy
    func sourceARN(_ input: Input) -> String { input.policySourceArn }

    func answer(
        _ input: Input, under permit: borrowing Permit<SimulationSource>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let request = SimulationRequest(input)
        let simulation = try request.simulation(permit.target, in: permit.target.account, snapshot)
        let page = try SimulationPage(simulation, request.actions, input.marker, input.maxItems)
        return Output(evaluationResults: page.results, isTruncated: page.marker != nil, marker: page.marker)
    }
}

/// An operation on the policies of a user, group or role by its ARN.
protocol OnSimulationSource: Operation where Target == SimulationSource {
    func sourceARN(_ input: Input) -> String
}

extension OnSimulationSource {
    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> SimulationSource {
        try SimulationSource.find(sourceARN(input), snapshot)
    }

    func access(_ input: Input, to target: SimulationSource, for facts: RequestFacts) throws -> Access {
        .ask(
            Ask(
                Action("iam", Shape.model.name), on: target.arn, of: target.account, keys: target.found.tagKeys,
                title: target.found.title))
    }
}
