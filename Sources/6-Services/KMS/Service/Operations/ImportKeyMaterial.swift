import AWS
import Door
import Formats
import Journal
import KMSAPI
import KeyEngine
import Storage
import World

/// Gives a key that was made without it the material of its owner: the first, the same again, or the next.
/// - Source: KMS API Reference, "ImportKeyMaterial".
struct ImportKeyMaterial: PreparedChange, OnOwnKey {
    typealias Shape = KMS.ImportKeyMaterial
    let keys: Keys
    let work: ImportWork
    let identifiers: Identifiers

    func keyID(_ input: Input) -> String { input.keyId }

    func conditions(_ input: Input, _ key: KMSKey?) -> [ConditionEntry] { ImportPlan.conditions(input) }

    func prepare(_ input: Input, under permit: borrowing Permit<KeyTarget>) async throws -> ImportWork.Taken {
        let (key, now) = (try permit.target.required(), permit.facts.now)
        let plan = try ImportPlan(input, key, now)
        let token = try ImportToken(input.importToken, for: key)
        guard token.expires > now else { throw ImportToken.expired }
        return try await work.take(input.encryptedKeyMaterial, token, for: key, among: plan.candidates)
    }

    func abandon(_ prepared: ImportWork.Taken) async {}

    /// Nobody uses it as it was wrapped before any more.
    func settle(_ prepared: ImportWork.Taken) async {
        if let former = prepared.former.withLock({ $0 }) { work.engine.forget(former) }
    }

    func perform(
        _ input: Input, _ taken: ImportWork.Taken, under permit: borrowing Permit<KeyTarget>,
        in transaction: inout Transaction
    ) throws -> Output {
        let (key, now) = (try permit.target.required(), permit.facts.now)
        let plan = try ImportPlan(input, key, now)
        try KeyWork.requireKept(
            taken.made.key.wrapped, taken.mark.map { WrappedKey(bytes: $0.digestKey) }, by: work.engine)
        let known = (key.materials + [key.pendingMaterial].compactMap { $0 }).first { $0.number == taken.number }
        let former = known.flatMap { try? key.engineKey($0) }
        taken.former.withLock { $0 = former }
        let id: String
        if let known {
            guard taken.isAgain(known) else { throw ImportKeyMaterial.overtaken(key) }
            id = known.id
            try key.put(taken, again: known, describedBy: input.keyMaterialDescription, &transaction)
        } else {
            guard taken.known == nil, taken.number == key.nextMaterialNumber else {
                throw ImportKeyMaterial.overtaken(key)
            }
            id = Hexadecimal.string(identifiers.bytes(32))
            try key.put(taken, id: id, describedBy: input.keyMaterialDescription, now, &transaction)
        }
        try Imports.put(taken.number, of: key, until: plan.expires, &transaction)
        return Output(keyId: key.arn, keyMaterialId: key.spec == .symmetricDefault ? id : nil)
    }

    /// Another import was done meanwhile.
    private static func overtaken(_ key: KMSKey) -> KMS.KMSInvalidStateException {
        KMS.KMSInvalidStateException(message: "\(key.arn) is being changed. You can retry the request.")
    }

    /// Without token and material.
    func recording(_ input: Input, of target: KeyTarget?, _ facts: RequestFacts) -> Recording {
        var shown = JSONWriter()
        shown.beginObject()
        shown.member("keyId", input.keyId)
        if let date = input.validTo { shown.member("validTo", RecordEncoder.text(date, .sts)) }
        for (name, value) in [
            ("expirationModel", input.expirationModel?.rawValue), ("importType", input.importType?.rawValue),
            ("keyMaterialDescription", input.keyMaterialDescription), ("keyMaterialId", input.keyMaterialId),
        ] {
            if let value { shown.member(name, value) }
        }
        shown.endObject()
        var recording = KMSRecord.ofChange(target?.key, facts, isTold: true)
        recording.request = .json(shown.bytes)
        return recording
    }
}

/// Takes imported material away. The key cannot be used before the same is imported again.
/// - Source: KMS API Reference, "DeleteImportedKeyMaterial".
struct DeleteImportedKeyMaterial: KeyChange {
    typealias Shape = KMS.DeleteImportedKeyMaterial
    static var row: KeyOperation { .deleteMaterial }
    let keys: Keys
    let engine: any KeyEngine

    func keyID(_ input: Input) -> String { input.keyId }
    func check(_ key: KMSKey) throws { try Import.require(key) }
    func settle(_ target: KeyTarget) { target.key?.forget(by: engine) }

    func change(_ key: KMSKey, _ input: Input, _ facts: RequestFacts, in transaction: inout Transaction) throws
        -> Output
    {
        let known = key.materials + [key.pendingMaterial].compactMap { $0 }
        let wanted: KeyMaterial?
        if let id = input.keyMaterialId {
            guard let material = known.first(where: { $0.id == id }) else {
                throw KMS.NotFoundException(message: "Key material \(id) is not found.")
            }
            wanted = material
        } else {
            wanted = key.materials.last
        }
        if let wanted {
            try Imports.remove(wanted, from: key, &transaction)
        }
        return Output(keyId: key.arn, keyMaterialId: key.spec == .symmetricDefault ? wanted?.id : nil)
    }
}
