import AWS
import Door
import Journal
import KMSAPI
import KeyEngine
import Storage
import World

/// Gives a key new material now: made here, or what was imported for it. The rhythm of the key goes on as it was.
/// - Source: KMS API Reference, "RotateKeyOnDemand".
struct RotateKeyOnDemand: PreparedChange, OnOwnKey {
    typealias Shape = KMS.RotateKeyOnDemand
    let keys: Keys
    let engine: any KeyEngine
    let journal: Journal
    let events: KeyEvents

    /// Nil where imported material waits.
    struct Prepared: Sendable {
        let number: Int
        let made: GeneratedKey?
    }

    func keyID(_ input: Input) -> String { input.keyId }

    func prepare(_ input: Input, under permit: borrowing Permit<KeyTarget>) async throws -> Prepared {
        let key = try checked(permit)
        let number = key.nextMaterialNumber
        guard key.origin == .awsKms else { return Prepared(number: number, made: nil) }
        let context = KMSKey.context(key.account, key.id, number)
        let made = try await KeyWork.of { () throws(KeyEngineError) in
            try await engine.generate(key.spec.newMaterial(by: engine), for: context)
        }
        return Prepared(number: number, made: made)
    }

    func abandon(_ prepared: Prepared) async {}

    func perform(
        _ input: Input, _ prepared: Prepared, under permit: borrowing Permit<KeyTarget>,
        in transaction: inout Transaction
    ) throws -> Output {
        let (key, now) = (try checked(permit), permit.facts.now)
        let material: String
        if let made = prepared.made {
            guard prepared.number == key.nextMaterialNumber else { throw RotateKeyOnDemand.overtaken(key) }
            try KeyWork.requireKept(made.key.wrapped, by: engine)
            material = Hexadecimal.string(events.identifiers.bytes(32))
            try key.add(made, number: prepared.number, id: material, .onDemand, now, in: &transaction)
        } else {
            let pending = try Imports.pending(of: key, now, transaction.snapshot)
            material = pending.id
            try key.rotateToPending(pending, now, in: &transaction)
        }
        try journal.append(events.rotation(key, to: material, .onDemand, now), in: &transaction)
        return Output(keyId: key.id)
    }

    private func checked(_ permit: borrowing Permit<KeyTarget>) throws -> KMSKey {
        let key = try permit.target.required()
        try Rotation.require(key)
        try Rotation.requirePrimary(key)
        try key.require(.rotateNow, permit.facts.now)
        let done = key.materials.count { $0.rotation == .onDemand }
        guard done < Rotation.onDemandLimit else {
            throw KMS.LimitExceededException(
                message: "The on-demand rotations limit has been reached for the given keyId. No more on-demand "
                    + "rotations can be performed for this key: \(key.arn)")
        }
        return key
    }

    /// Another rotation was done meanwhile.
    private static func overtaken(_ key: KMSKey) -> KMS.ConflictException {
        KMS.ConflictException(message: "\(key.arn) is being rotated. You can retry the request.")
    }
}
