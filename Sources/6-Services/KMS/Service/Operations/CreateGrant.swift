import AWS
import Authorization
import Crypto
import Door
import Formats
import Journal
import KMSAPI
import Storage
import World

/// Lets somebody use a key, apart from its policy. In force at once.
///
/// Who may make grants only because of a grant makes none that gives more than it.
/// - Source: KMS API Reference, "CreateGrant"; KMS Developer Guide, "Creating grants".
struct CreateGrant: Change, OnKey {
    typealias Shape = KMS.CreateGrant
    static var takesAliases: Bool { false }
    let keys: Keys
    let identifiers: Identifiers

    func keyID(_ input: Input) -> String { input.keyId }
    func grantTokens(_ input: Input) -> [String]? { input.grantTokens }
    /// Which grants let him depends on all that the new one is to give.
    func grantUse(_ input: Input) -> GrantUse? { nil }

    /// What a grant is bound to is asked about as a context is.
    func bound(_ input: Input) throws {
        try EncryptionContext.check(input.constraints?.encryptionContextEquals)
        try EncryptionContext.check(input.constraints?.encryptionContextSubset)
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> KeyTarget {
        let target = try found(input, for: facts, in: snapshot)
        guard let key = target.key else { return target }
        let wanted = GrantRights(input.operations, input.constraints, by: try facts.signedAccount())
        let grants = try Grant.parents(of: wanted, facts, key, snapshot)
        return KeyTarget(name: target.name, key: key, grants: grants)
    }

    func access(_ input: Input, to target: KeyTarget, for facts: RequestFacts) throws -> Access {
        let rights = GrantRights(input.operations, input.constraints, by: try facts.signedAccount())
        let conditions = GrantConditions.of(input, rights, facts)
        return .ask(target.ask(Action("kms", "CreateGrant"), facts, keys: conditions))
    }

    func perform(
        _ input: Input, under permit: borrowing Permit<KeyTarget>, in transaction: inout Transaction
    ) throws -> Output {
        let (key, facts) = (try permit.target.required(), permit.facts)
        try key.require(.createGrant, facts.now)
        let rights = GrantRights(input.operations, input.constraints, by: try facts.signedAccount())
        try GrantLimits.check(input.constraints)
        try GrantLimits.check(rights, on: key)
        let grantee = try GrantPrincipal(input.granteePrincipal, keys.names, transaction.snapshot)
        let retiring = try input.retiringPrincipal.map { try GrantPrincipal($0, keys.names, transaction.snapshot) }
        let twin = try input.name.flatMap {
            try Grant.twin(named: $0, of: key, grantee, retiring, rights, transaction.snapshot)
        }
        if twin == nil { try NewGrant.requireRoom(on: key, transaction.snapshot) }
        try DryRun.check(input.dryRun)
        if let twin {
            return Output(grantToken: GrantToken.make(for: twin.id, twin.secret, identifiers), grantId: twin.id)
        }
        let secret = SecureRandom.bytes(GrantToken.secretBytes)
        let new = NewGrant(key: key, grantee: grantee, retiring: retiring, rights: rights, name: input.name)
        let id = try new.write(secret, identifiers, facts.now, &transaction)
        return Output(grantToken: GrantToken.make(for: id, secret, identifiers), grantId: id)
    }

    /// Without the token.
    func responseElements(_ output: Output) -> Recording.Elements {
        var json = JSONWriter()
        json.beginObject()
        json.key("grantId")
        json.string(output.grantId ?? "")
        json.endObject()
        return .json(json.bytes)
    }

    func recording(_ input: Input, of target: KeyTarget?, _ facts: RequestFacts) -> Recording {
        var (recording, shown) = (KMSRecord.ofChange(target?.key, facts), input)
        shown.grantTokens = nil
        recording.request = KMSRecord.request(shown)
        return recording
    }
}
