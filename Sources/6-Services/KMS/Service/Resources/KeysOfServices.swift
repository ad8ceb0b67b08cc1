public import AWS
public import Door
public import Journal
public import KeyEngine
import KMSAPI
public import Storage
public import World

/// The keys that AWS manages: one for each account, Region and service, made when a service first asks for it.
///
/// Nobody manages it but AWS: its policy allows the account's principals to use it through the service alone, and the
/// account to look at it. It gets new material every year.
/// - Source: KMS Developer Guide, "AWS managed keys".
public struct KeysOfServices: ServiceKeys {
    private let store: Store
    private let journal: Journal
    private let keys: Keys
    private let engine: any KeyEngine
    private let world: World

    /// Keeps nothing of its own.
    public init(_ store: Store, _ journal: Journal, _ keys: Keys, _ engine: any KeyEngine, _ world: World) {
        (self.store, self.journal, self.keys, self.engine, self.world) = (store, journal, keys, engine, world)
    }

    /// Two that ask at once get the same: the second finds what the first made.
    public func key(for service: String, of account: AccountID, in region: Region) async throws -> String {
        let name = AliasName.reserved + service
        let known = try store.read { snapshot in try Alias.find(name, in: account, region, snapshot)?.key }
        if let known { return KMSKey.arn(account, region, known) }
        let id = world.identifiers.uuid()
        let context = KMSKey.context(account, id, 1)
        let made = try await KeyWork.of { () throws(KeyEngineError) in
            try await engine.generate(KeyPlan().spec.newMaterial(by: engine), for: context)
        }
        let kept = try await store.write(.synced) { [self] transaction in
            if let other = try Alias.find(name, in: account, region, transaction.snapshot) { return other.key }
            try KeyWork.requireKept(made.key.wrapped, by: engine)
            try write(id, made, for: service, account, region, &transaction)
            return id
        }
        return KMSKey.arn(account, region, kept)
    }

    /// Also of keys that are disabled or wait for their deletion.
    public func arn(
        named text: String, by account: AccountID, in region: Region, at now: Instant, _ snapshot: borrowing Snapshot
    ) throws -> String? {
        try KeyName(text, of: account, in: region, asked: now).flatMap { try keys.find($0, in: snapshot)?.arn }
    }

    private func write(
        _ id: String, _ made: GeneratedKey, for service: String, _ account: AccountID, _ region: Region,
        _ transaction: inout Transaction
    ) throws {
        let now = world.clock.now()
        let new = NewKey(
            account: account, region: region, id: id, plan: KeyPlan(),
            description: "Default key that protects what \(service) keeps when no other key is named",
            policy: ServiceKeyPolicy.text(service, account, region), manager: .aws)
        try new.write(now, &transaction)
        try new.write(made, number: 1, world.identifiers, now, &transaction)
        guard let key = try keys.find(id, in: account, region, transaction.snapshot) else {
            throw StorageError.corrupt("a KMS key that was written and is not there")
        }
        try Alias.write(AliasName.reserved + service, leadingTo: key, now, &transaction)
        let days = Rotation.ordinaryPeriod
        try key.set(rotation: (days, now + .seconds(days * 86_400)), in: &transaction)
        let events = KeyEvents(identifiers: world.identifiers)
        try journal.append(
            events.event("CreateKey", on: key, now, ["keyManager": KMS.KeyManagerType.aws.rawValue]), in: &transaction)
    }
}
