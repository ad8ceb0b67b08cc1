import AWS
import Authorization
import Door
import Formats
import Journal
import KMSAPI
import Storage

/// Takes a grant away, as whoever controls the key.
/// - Source: KMS API Reference, "RevokeGrant".
struct RevokeGrant: Change, OnKey {
    typealias Shape = KMS.RevokeGrant
    static var takesAliases: Bool { false }
    let keys: Keys

    func keyID(_ input: Input) -> String { input.keyId }
    func freesRoom(_ input: Input) -> Bool { true }

    func access(_ input: Input, to target: KeyTarget, for facts: RequestFacts) throws -> Access {
        .ask(target.ask(Action("kms", "RevokeGrant"), facts, keys: GrantConditions.ofCall(facts)))
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<KeyTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let key = try permit.target.required()
        try GrantID.check(input.grantId)
        guard let grant = try Grant.find(input.grantId, in: key.region, transaction.snapshot), grant.isOf(key) else {
            throw GrantID.absence(input.grantId)
        }
        try DryRun.check(input.dryRun)
        try grant.remove(&transaction)
        return Output()
    }

    func recording(_ input: Input, of target: KeyTarget?, _ facts: RequestFacts) -> Recording {
        KMSRecord.ofChange(target?.key, facts)
    }
}

/// Gives a grant back, as who may retire it, as its grantee where it gives that, or as the key's account.
/// - Source: KMS API Reference, "RetireGrant"; KMS Developer Guide, "Retiring and revoking grants".
struct RetireGrant: Change {
    typealias Shape = KMS.RetireGrant
    let keys: Keys

    /// The grant, if it is there, and its key with nothing but that grant.
    struct Target: Sendable {
        let key: KeyTarget
        let grant: Grant?
        /// What the caller called it by, if by its id.
        let id: String?
    }

    func freesRoom(_ input: Input) -> Bool { true }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        if let text = input.grantToken {
            guard input.grantId == nil, input.keyId == nil else { throw RetireGrant.unclear }
            let grant = try GrantTokens.grant(of: GrantToken(text), facts, snapshot)
            return try target(try KeyName(grant.keyARN, for: facts), grant, nil, facts, snapshot)
        }
        guard let id = input.grantId, let key = input.keyId else { throw RetireGrant.unclear }
        try GrantID.check(id)
        let name = try KeyName(key, for: facts)
        guard case .id = name.part else { throw name.unfit }
        let grant = try Grant.find(id, in: facts.region, snapshot)
        return try target(name, grant.flatMap { $0.keyARN == name.arn ? $0 : nil }, id, facts, snapshot)
    }

    private func target(
        _ name: KeyName, _ grant: Grant?, _ id: String?, _ facts: RequestFacts, _ snapshot: borrowing Snapshot
    ) throws -> Target {
        let key = KeyTarget(
            name: name, key: try keys.find(name, in: snapshot), grants: grant.map { [$0.retired(by: facts)] } ?? [])
        return Target(key: key, grant: grant, id: id)
    }

    private static let unclear = Invalid.input(
        "You must specify either a grant token, or both a key ID and a grant ID.")

    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access {
        .ask(target.key.ask(Action("kms", "RetireGrant"), facts))
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<Target>, in transaction: inout Transaction
    ) throws -> Output {
        _ = try permit.target.key.required()
        guard let grant = permit.target.grant else { throw GrantID.absence(permit.target.id ?? "") }
        try DryRun.check(input.dryRun)
        try grant.remove(&transaction)
        return Output()
    }

    /// Names the grant apart: by its token it must not be told.
    func recording(_ input: Input, of target: Target?, _ facts: RequestFacts) -> Recording {
        var recording = KMSRecord.ofChange(target?.key.key, facts)
        recording.request = .none
        if let id = target?.grant?.id {
            var json = JSONWriter()
            json.beginObject()
            json.key("grantId")
            json.string(id)
            json.endObject()
            recording.additionalData = json.bytes
        }
        return recording
    }
}
