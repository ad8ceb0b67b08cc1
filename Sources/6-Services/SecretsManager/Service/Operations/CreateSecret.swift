import AWS
import Authorization
import Door
import Journal
import SecretsManagerAPI
import Storage

/// Makes a secret, with a first version where there is a value.
/// - Source: Secrets Manager API Reference, "CreateSecret".
struct CreateSecret: PreparedChange {
    typealias Shape = SecretsManager.CreateSecret
    static var refusedMembers: [StaticString] { ["AddReplicaRegions", "ForceOverwriteReplicaSecret", "Type"] }
    let secrets: Secrets
    let work: ValueWork
    let ended: EndedSecrets

    struct Target: Sendable {
        let place: SecretPlace
        let suffix: String
        /// What has the name already.
        let existing: Secret?
        /// Its version that the request's token names.
        let stored: StoredVersion?
        let key: GivenKey?

        var arn: String { Secret.arn(place.account, place.region, place.name + "-" + suffix) }
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        try SecretTags.bound(input.tags?.count ?? 0)
        let place = SecretPlace(account: try facts.signedAccount(), region: facts.region, name: input.name)
        let existing = try secrets.find(place, in: snapshot).flatMap { $0.isGone(facts.now) ? nil : $0 }
        return Target(
            place: place, suffix: SecretSuffix.of(request: facts.requestID), existing: existing,
            stored: try existing == nil
                ? nil : input.clientRequestToken.flatMap { try StoredVersion.find($0, of: place, snapshot) },
            key: try secrets.key(input.kmsKeyId, of: place.account, in: place.region, at: facts.now, snapshot))
    }

    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access {
        let keys =
            [
                ConditionEntry(.secretsmanagerName, input.name),
                ConditionEntry(.secretsmanagerDescription, input.description),
            ].compactMap { $0 } + SecretConditions.of(key: target.key) + SecretConditions.ofMade(input.tags)
        let made = Ask(
            Action("secretsmanager", "CreateSecret"), on: target.arn, of: target.place.account, keys: keys,
            title: input.name)
        guard input.tags?.isEmpty == false else { return .ask(made) }
        let tagged = Ask(
            Action("secretsmanager", "TagResource"), on: target.arn, of: target.place.account,
            keys: SecretConditions.ofMade(input.tags), title: input.name)
        return .ask([made, tagged])
    }

    func prepare(_ input: Input, under permit: borrowing Permit<Target>) async throws -> ValueWork.Prepared {
        let (target, calls) = (permit.target, permit.calls)
        try SecretName.check(input.name)
        let value = try SecretValue(text: input.secretString, binary: input.secretBinary)
        if value != nil { try ValueWork.required(input.clientRequestToken) }
        if let existing = target.existing { try refuse(existing, unless: value != nil && target.stored != nil) }
        let keyID = KeyReference.given(input.kmsKeyId)
        // Also without a value: Secrets Manager's own key is made for who names it.
        if value == nil, keyID != nil {
            _ = try await work.cipher.key(keyID, of: target.place.account, in: target.place.region)
        }
        return try await work.prepare(
            value, token: input.clientRequestToken, for: target.existing?.arn ?? target.arn, stored: target.stored,
            calls
        ) { try await work.cipher.key(keyID, of: target.place.account, in: target.place.region) }
    }

    func abandon(_ prepared: ValueWork.Prepared) async {}

    func perform(
        _ input: Input, _ prepared: ValueWork.Prepared, under permit: borrowing Permit<Target>,
        in transaction: inout Transaction
    ) throws -> Output {
        let (target, now) = (permit.target, permit.facts.now)
        if let existing = target.existing {
            if case .repeated(let id) = prepared {
                return Output(aRN: existing.arn, name: existing.name, versionId: id)
            }
            try refuse(existing, unless: false)
        }
        try target.key?.require()
        // One whose time is over may still have its rows.
        try ended.removeEnded(target.place, now, &transaction)
        try SecretQuota.check(target.place, &transaction)
        try Secret.write(
            target.place, suffix: target.suffix, description: input.description.flatMap { $0.isEmpty ? nil : $0 },
            keyID: KeyReference.given(input.kmsKeyId), now, &transaction)
        try SecretTags.put(input.tags ?? [], on: target.place, &transaction)
        guard let secret = try secrets.find(target.place, in: transaction.snapshot) else {
            throw StorageError.corrupt("a secret that was written and is not there")
        }
        switch prepared {
        case .nothing: break
        case .new(let version): try version.write(to: secret, [StagingLabels.current], now, &transaction)
        // What it repeated has gone meanwhile.
        case .repeated: throw Failure.unsettled
        }
        return Output(aRN: secret.arn, name: secret.name, versionId: prepared.version)
    }

    private func refuse(_ existing: Secret, unless isRepeated: Bool) throws {
        guard existing.deletion == nil else {
            throw Refused.request(
                "You can't create this secret because a secret with this name is already scheduled for deletion.")
        }
        guard isRepeated else {
            throw SecretsManager.ResourceExistsException(
                message: "The operation failed because the secret \(existing.name) already exists.")
        }
    }

    func recording(_ input: Input, of target: Target?, _ facts: RequestFacts) -> Recording { Recording() }
}
