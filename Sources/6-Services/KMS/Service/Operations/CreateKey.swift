import AWS
import Authorization
import Door
import Journal
import KMSAPI
import KeyEngine
import Storage
import World

/// Makes a key.
/// - Source: KMS API Reference, "CreateKey".
struct CreateKey: PreparedChange {
    typealias Shape = KMS.CreateKey
    static var refusedMembers: [StaticString] { ["XksKeyId"] }
    let keys: Keys
    let engine: any KeyEngine
    let identifiers: Identifiers

    /// What the key is going to be, and the policy it would have.
    struct Target: Sendable {
        let plan: KeyPlan
        let account: AccountID
        /// Nil where the caller does not care to be shut out, or the policy is none.
        let proposed: CompiledPolicy?
        /// The custom key store that the request names, if it is there.
        let store: KeyStore?

        func connectedStore(_ status: EngineStatus) throws -> KeyStore {
            guard let store else { throw KeyStore.absence(plan.storeID ?? "") }
            try store.requireConnected(to: status)
            return store
        }
    }

    struct Prepared: Sendable {
        let id: String
        let material: GeneratedKey?
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        try KeyTags.bound(input.tags)
        let account = try facts.signedAccount()
        var proposed: CompiledPolicy?
        if input.bypassPolicyLockoutSafetyCheck != true, let policy = input.policy,
            let text = try? KeyPolicy.stored(policy, keys.names, snapshot)
        {
            proposed = CompiledPolicy(stored: Array(text.utf8), as: .keyPolicy)
        }
        let plan = try KeyPlan(input, engine)
        let store = try plan.storeID.flatMap { try KeyStore.find($0, in: account, facts.region, snapshot) }
        return Target(plan: plan, account: account, proposed: proposed, store: store)
    }

    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access {
        let kind =
            target.plan.isMultiRegion ? [ConditionEntry(SingleValuedKey.kmsMultiRegionKeyType, "PRIMARY")] : []
        let made =
            target.plan.conditions(bypasses: input.bypassPolicyLockoutSafetyCheck == true) + kind
            + KeyConditions.ofCall(facts) + KeyConditions.ofKey(tagged: input.tags)
        let conditions = made + KeyConditions.of(input.tags)
        var asks = [Ask(Action("kms", "CreateKey"), on: "*", of: target.account, keys: conditions)]
        if input.tags?.isEmpty == false {
            asks.append(Ask(Action("kms", "TagResource"), on: "*", of: target.account, keys: conditions))
        }
        guard let proposed = target.proposed else { return .ask(asks) }
        // Of a key that has no id yet; a key policy speaks of its own key as `*`.
        let sample = KMSKey.arn(target.account, facts.region, "00000000-0000-0000-0000-000000000000")
        let next = Ask(
            Action("kms", "PutKeyPolicy"), on: sample, of: target.account,
            side: ResourceSide(keyPolicy: proposed, grants: [], isAWSManagedKey: false),
            keys: made)
        return .hinted(asks, hint: next)
    }

    func prepare(_ input: Input, under permit: borrowing Permit<Target>) async throws -> Prepared {
        if case .denied = permit.hint { throw KeyPolicy.lockedOut }
        let plan = permit.target.plan
        let id = plan.isMultiRegion ? "mrk-" + identifiers.uuid().filter { $0 != "-" } : identifiers.uuid()
        guard plan.origin != .external else { return Prepared(id: id, material: nil) }
        if plan.storeID != nil { _ = try permit.target.connectedStore(engine.status) }
        let context = KMSKey.context(permit.target.account, id, 1)
        let material = try await KeyWork.of { () throws(KeyEngineError) in
            try await engine.generate(plan.spec.newMaterial(by: engine), for: context)
        }
        return Prepared(id: id, material: material)
    }

    func abandon(_ prepared: Prepared) async {}

    func perform(
        _ input: Input, _ prepared: Prepared, under permit: borrowing Permit<Target>, in transaction: inout Transaction
    ) throws -> Output {
        if case .denied = permit.hint { throw KeyPolicy.lockedOut }
        let (plan, account, facts) = (permit.target.plan, permit.target.account, permit.facts)
        try KeyQuota.check(account, facts.region, &transaction)
        let policy =
            try input.policy.map { try KeyPolicy.stored($0, keys.names, transaction.snapshot) }
            ?? KeyPolicy.ordinary(account, facts.region)
        let new = NewKey(
            account: account, region: facts.region, id: prepared.id, plan: plan,
            description: input.description ?? "", policy: policy,
            storeID: plan.storeID == nil ? nil : try permit.target.connectedStore(engine.status).id)
        try new.write(facts.now, &transaction)
        if let material = prepared.material {
            try KeyWork.requireKept(material.key.wrapped, by: engine)
            try new.write(material, number: 1, identifiers, facts.now, &transaction)
        }
        try KeyTags.put(input.tags ?? [], on: account, facts.region, prepared.id, &transaction)
        let name = try KeyName(prepared.id, for: facts)
        guard let key = try keys.find(name, in: transaction.snapshot) else {
            throw StorageError.corrupt("a KMS key that was written and is not there")
        }
        return Output(keyMetadata: try key.metadata(facts.now, transaction.snapshot))
    }

    func recording(_ input: Input, of target: Target?, _ facts: RequestFacts) -> Recording { Recording() }

    /// - Source: KMS Developer Guide, "CreateKey", the log entries.
    func made(_ output: Output) -> [Event.Resource] {
        guard let key = output.keyMetadata, let arn = key.arn, let account = key.aWSAccountId.flatMap(AccountID.init)
        else {
            return []
        }
        return [Event.Resource(account: account, type: "AWS::KMS::Key", arn: arn)]
    }
}
