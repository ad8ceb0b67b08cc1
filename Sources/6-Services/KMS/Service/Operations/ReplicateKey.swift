import AWS
import Authorization
import Door
import Journal
import KMSAPI
import Smithy
import Storage
import World

/// Makes a replica of a multi-Region key in another Region: the same material, a policy and tags of its own.
///
/// A replica of a key with imported material waits for the same material to be imported there.
/// - Source: KMS API Reference, "ReplicateKey"; KMS Developer Guide, "Create multi-Region replica keys".
struct ReplicateKey: Change, OnOwnKey {
    typealias Shape = KMS.ReplicateKey
    let keys: Keys

    func keyID(_ input: Input) -> String { input.keyId }
    func bound(_ input: Input) throws { try KeyTags.bound(input.tags) }

    func conditions(_ input: Input, _ key: KMSKey?) -> [ConditionEntry] {
        [ConditionEntry(.kmsReplicaRegion, input.replicaRegion)]
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> KeyTarget {
        var target = try found(input, for: facts, in: snapshot)
        if input.bypassPolicyLockoutSafetyCheck != true, let policy = input.policy,
            let text = try? KeyPolicy.stored(policy, keys.names, snapshot)
        {
            target.proposed = CompiledPolicy(stored: Array(text.utf8), as: .keyPolicy)
        }
        return target
    }

    func access(_ input: Input, to target: KeyTarget, for facts: RequestFacts) throws -> Access {
        var asks = [ask(Shape.model.name, input, target, facts)]
        guard let key = target.key else { return .ask(asks) }
        let kind =
            KeyPlan(replicaOf: key).conditions(bypasses: input.bypassPolicyLockoutSafetyCheck == true)
            + [ConditionEntry(.kmsMultiRegionKeyType, "REPLICA")] + KeyConditions.ofCall(facts)
            + KeyConditions.ofKey(tagged: input.tags)
            // The key is made there, not where the call is.
            + [ConditionEntry(.awsRequestedRegion, input.replicaRegion)]
        let made = kind + KeyConditions.of(input.tags)
        asks.append(Ask(Action("kms", "CreateKey"), on: "*", of: key.account, keys: made))
        if input.tags?.isEmpty == false {
            asks.append(Ask(Action("kms", "TagResource"), on: "*", of: key.account, keys: made))
        }
        guard let proposed = target.proposed, let region = Region(input.replicaRegion) else { return .ask(asks) }
        let next = Ask(
            Action("kms", "PutKeyPolicy"), on: KMSKey.arn(key.account, region, key.id), of: key.account,
            side: ResourceSide(keyPolicy: proposed, grants: [], isAWSManagedKey: false),
            keys: kind)
        return .hinted(asks, hint: next)
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<KeyTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let (key, facts) = (try permit.target.required(), permit.facts)
        try Regions.requirePrimary(key)
        try key.require(.replicate, facts.now)
        let region = try Regions.other(input.replicaRegion, than: key)
        if case .denied = permit.hint { throw KeyPolicy.lockedOut }
        guard try keys.find(key.id, in: key.account, region, transaction.snapshot) == nil else {
            throw KMS.AlreadyExistsException(
                message: "A key \(KMSKey.arn(key.account, region, key.id)) already exists.")
        }
        try KeyQuota.check(key.account, region, &transaction)
        let policy =
            try input.policy.map { try KeyPolicy.stored($0, keys.names, transaction.snapshot) }
            ?? KeyPolicy.ordinary(key.account, region)
        let new = NewKey(
            account: key.account, region: region, id: key.id, plan: KeyPlan(replicaOf: key),
            description: input.description ?? "", policy: policy, primary: key.region)
        try new.write(facts.now, &transaction)
        try KeyTags.put(input.tags ?? [], on: key.account, region, key.id, &transaction)
        guard let replica = try keys.find(key.id, in: key.account, region, transaction.snapshot) else {
            throw StorageError.corrupt("a KMS key that was written and is not there")
        }
        return Output(
            replicaKeyMetadata: try replica.metadata(facts.now, transaction.snapshot),
            replicaPolicy: try KeyPolicy.shown(policy, keys.names, transaction.snapshot), replicaTags: replica.tags)
    }

    func recording(_ input: Input, of target: KeyTarget?, _ facts: RequestFacts) -> Recording {
        KMSRecord.ofChange(target?.key, facts)
    }
}
