import AWS
import Crypto
import Door
import KMSAPI
import Storage
import World

extension KMSKey {
    /// The key as answers describe it.
    func metadata(_ now: Instant, _ snapshot: borrowing Snapshot) throws -> KMS.KeyMetadata {
        let state = state(now)
        var metadata = KMS.KeyMetadata()
        (metadata.aWSAccountId, metadata.keyId, metadata.arn) = (account.description, id, arn)
        (metadata.creationDate, metadata.enabled, metadata.description) = (created, state == .enabled, description)
        (metadata.keyUsage, metadata.keyState, metadata.origin) = (usage, state, origin)
        (metadata.keyManager, metadata.deletionDate) = (manager, deletion)
        metadata.customerMasterKeySpec = KMS.CustomerMasterKeySpec(rawValue: spec.rawValue)
        metadata.keySpec = KMS.KeySpec(rawValue: spec.rawValue)
        let (encryption, signing) = (spec.encryptionAlgorithms(usage), spec.signingAlgorithms(usage))
        let agreement = spec.agreementAlgorithms(usage)
        metadata.encryptionAlgorithms = encryption.isEmpty ? nil : encryption
        metadata.signingAlgorithms = signing.isEmpty ? nil : signing
        metadata.keyAgreementAlgorithms = agreement.isEmpty ? nil : agreement
        metadata.macAlgorithms = spec.macAlgorithm.map { [KMS.MacAlgorithmSpec(rawValue: $0.rawValue)] }
        metadata.multiRegion = isMultiRegion
        metadata.multiRegionConfiguration = try regions(snapshot)
        (metadata.customKeyStoreId, metadata.cloudHsmClusterId) = (storeID, clusterID)
        if state == .pendingReplicaDeletion { metadata.pendingDeletionWindowInDays = window }
        if origin == .external, state != .pendingImport, let current = materials.last {
            metadata.validTo = current.expires
            metadata.expirationModel =
                current.expires == nil ? .keyMaterialDoesNotExpire : .keyMaterialExpires
        }
        if spec == .symmetricDefault, hasMaterial(now) { metadata.currentKeyMaterialId = materials.last?.id }
        return metadata
    }

    /// Nil for single-Region keys.
    private func regions(_ snapshot: borrowing Snapshot) throws -> KMS.MultiRegionConfiguration? {
        guard let primaryRegion else { return nil }
        let all = try snapshot.rows(
            "SELECT region FROM kms_key WHERE account = ? AND id = ? ORDER BY region", .text(account.description),
            .text(id)
        ) { try Region.stored($0.text(0)) }
        func entry(_ region: Region) -> KMS.MultiRegionKey {
            KMS.MultiRegionKey(arn: KMSKey.arn(account, region, id), region: region.description)
        }
        return KMS.MultiRegionConfiguration(
            multiRegionKeyType: isReplica ? .replica : .primary, primaryKey: entry(primaryRegion),
            replicaKeys: all.filter { $0 != primaryRegion }.map(entry))
    }
}
