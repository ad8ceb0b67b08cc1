import AWS
import Authorization
import Door
import IAMAPI
import Storage

/// The condition keys that policies given as text refer to.
/// - Source: IAM API Reference, "GetContextKeysForCustomPolicy".
struct GetContextKeysForCustomPolicy: Query {
    typealias Shape = IAM.GetContextKeysForCustomPolicy

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws {}

    func access(_ input: Input, to target: Void, for facts: RequestFacts) throws -> Access { try ask(on: "*", facts) }

    func answer(_ input: Input, under permit: borrowing Permit<Void>, in snapshot: borrowing Snapshot) throws -> Output
    {
        Output(contextKeyNames: contextKeys(of: try SimulationRequest.inputPolicies(input.policyInputList)))
    }
}

/// The condition keys that the policies of a user, group or role refer to, its groups' among them, and its boundary.
/// - Source: IAM API Reference, "GetContextKeysForPrincipalPolicy".
struct GetContextKeysForPrincipalPolicy: Query, OnSimulationSource {
    typealias Shape = IAM.GetContextKeysForPrincipalPolicy
    func sourceARN(_ input: Input) -> String { input.policySourceArn }

    func answer(
        _ input: Input, under permit: borrowing Permit<SimulationSource>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let own = try SourcePolicies(of: try permit.target.found.required(), snapshot)
        let given = try SimulationRequest.inputPolicies(input.policyInputList ?? [])
        return Output(contextKeyNames: contextKeys(of: own.identity + [own.boundary].compactMap { $0 } + given))
    }
}

/// Each key once, however it is written, in the order of the policies.
private func contextKeys(of policies: [NamedPolicy]) -> [String] {
    var seen: Set<ConditionKey> = []
    return policies.flatMap(\.policy.document.contextKeys).filter { seen.insert(ConditionKey($0)).inserted }
}
