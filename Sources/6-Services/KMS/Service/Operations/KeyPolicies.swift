import AWS
import Authorization
import Door
import Journal
import KMSAPI
import Smithy
import Storage

/// The names of a key's policies: there is one.
/// - Source: KMS API Reference, "ListKeyPolicies".
struct ListKeyPolicies: Query, OnOwnKey {
    typealias Shape = KMS.ListKeyPolicies
    let keys: Keys

    func keyID(_ input: Input) -> String { input.keyId }

    func answer(
        _ input: Input, under permit: borrowing Permit<KeyTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        _ = try permit.target.required()
        let page = try Page(input.limit, input.marker, ordinary: 100)
        return Output(policyNames: page.after < KeyPolicy.name ? [KeyPolicy.name] : [], truncated: false)
    }
}

/// The policy of a key, with its users and roles by ARN.
/// - Source: KMS API Reference, "GetKeyPolicy".
struct GetKeyPolicy: Query, OnOwnKey {
    typealias Shape = KMS.GetKeyPolicy
    let keys: Keys

    func keyID(_ input: Input) -> String { input.keyId }

    func answer(
        _ input: Input, under permit: borrowing Permit<KeyTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let key = try permit.target.required()
        try KeyPolicy.requireName(input.policyName)
        return Output(
            policy: try KeyPolicy.shown(key.policyText, keys.names, snapshot), policyName: KeyPolicy.name)
    }
}

/// Sets the policy of a key.
///
/// The policy must allow its author to set the next one, unless he says that he does not need that.
/// - Source: KMS API Reference, "PutKeyPolicy".
struct PutKeyPolicy: Change, OnOwnKey {
    typealias Shape = KMS.PutKeyPolicy
    let keys: Keys

    func keyID(_ input: Input) -> String { input.keyId }

    func conditions(_ input: Input, _ key: KMSKey?) -> [ConditionEntry] {
        [
            ConditionEntry(
                .kmsBypassPolicyLockoutSafetyCheck, input.bypassPolicyLockoutSafetyCheck == true ? "true" : "false")
        ]
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> KeyTarget {
        var target = try found(input, for: facts, in: snapshot)
        if input.bypassPolicyLockoutSafetyCheck != true,
            let text = try? KeyPolicy.stored(input.policy, keys.names, snapshot)
        {
            target.proposed = CompiledPolicy(stored: Array(text.utf8), as: .keyPolicy)
        }
        return target
    }

    func access(_ input: Input, to target: KeyTarget, for facts: RequestFacts) throws -> Access {
        let now = ask(Shape.model.name, input, target, facts)
        guard let proposed = target.proposed, let key = target.key else { return .ask(now) }
        let side = ResourceSide(keyPolicy: proposed, grants: [], isAWSManagedKey: key.manager == .aws)
        return .hinted([now], hint: now.with(side))
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<KeyTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let key = try permit.target.required()
        try KeyPolicy.requireName(input.policyName)
        let text = try KeyPolicy.stored(input.policy, keys.names, transaction.snapshot)
        if case .denied = permit.hint { throw KeyPolicy.lockedOut }
        try transaction.run(
            "UPDATE kms_key SET policy = ? WHERE account = ? AND region = ? AND id = ?", .text(text),
            .text(key.account.description), .text(key.region.description), .text(key.id))
        transaction.touch(.resourcePolicies)
        return Output()
    }

    func recording(_ input: Input, of target: KeyTarget?, _ facts: RequestFacts) -> Recording {
        KMSRecord.ofChange(target?.key, facts)
    }
}
