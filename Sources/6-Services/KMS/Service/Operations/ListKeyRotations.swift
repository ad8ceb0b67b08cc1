import AWS
import Door
import KMSAPI
import Storage
import World

/// The rotations of a key, the oldest first; or all of its material.
/// - Source: KMS API Reference, "ListKeyRotations".
struct ListKeyRotations: Query, OnOwnKey {
    typealias Shape = KMS.ListKeyRotations
    let keys: Keys

    func keyID(_ input: Input) -> String { input.keyId }

    func answer(
        _ input: Input, under permit: borrowing Permit<KeyTarget>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let key = try permit.target.required()
        try Rotation.require(key)
        let page = try Page(input.limit, input.marker, ordinary: 100)
        let all =
            input.includeKeyMaterial == .allKeyMaterial
            ? key.materials + [key.pendingMaterial].compactMap { $0 } : key.materials.filter { $0.rotation != nil }
        let rest = all.filter { ListKeyRotations.marker($0) > page.after }.prefix(page.fetch)
        let (some, marker) = page.cut(Array(rest), key: ListKeyRotations.marker)
        let shapes = try some.map { try key.entry($0, permit.facts.now, snapshot) }
        return Output(rotations: shapes, nextMarker: marker, truncated: marker != nil)
    }

    private static func marker(_ material: KeyMaterial) -> String {
        let digits = String(material.number)
        return String(repeating: "0", count: max(0, 10 - digits.count)) + digits
    }
}

extension KMSKey {
    /// One of its materials, as lists show it.
    func entry(_ material: KeyMaterial, _ now: Instant, _ snapshot: borrowing Snapshot) throws
        -> KMS.RotationsListEntry
    {
        var entry = KMS.RotationsListEntry(keyId: id, keyMaterialId: material.id)
        if material.isPending {
            entry.keyMaterialState =
                try !isMultiRegion || Imports.isEverywhere(material, of: self, now, snapshot)
                ? .pendingRotation : .pendingMultiRegionImportAndRotation
        } else {
            entry.keyMaterialState = material.number == materials.last?.number ? .current : .nonCurrent
            if let type = material.rotation { (entry.rotationType, entry.rotationDate) = (type, material.created) }
        }
        guard origin == .external else { return entry }
        entry.keyMaterialDescription = material.description
        let isThere = material.wrapped != nil && material.expires.map { $0 > now } ?? true
        entry.importState = isThere ? .imported : .pendingImport
        guard isThere else { return entry }
        entry.expirationModel = material.expires == nil ? .keyMaterialDoesNotExpire : .keyMaterialExpires
        entry.validTo = material.expires
        return entry
    }
}
