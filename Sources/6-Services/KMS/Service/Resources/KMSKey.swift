import AWS
import Authorization
import Crypto
import Door
import KMSAPI
import KeyEngine
import KeyVault
import Storage
import World

/// A key in one Region, with what every use of it asks for. Read once for as long as nothing changed.
final class KMSKey: Sendable {
    let account: AccountID
    let region: Region
    let id: String
    let arn: String
    let spec: KeySpecification
    let usage: KMS.KeyUsageType
    let origin: KMS.OriginType
    let manager: KMS.KeyManagerType
    let description: String
    let created: Instant
    let isEnabled: Bool
    let policyText: String
    /// When it is to be deleted; nil where it is not.
    let deletion: Instant?
    /// Days that a primary key waits once its replicas are gone.
    let window: Int?
    /// Nil for single-Region keys.
    let primaryRegion: Region?
    /// The custom key store it lives in, and whether that is not connected.
    let storeID: String?
    let isDisconnected: Bool
    /// The device that the store is.
    let clusterID: String?
    /// Of multi-Region keys as their primary has it.
    let rotationPeriod: Int?
    let nextRotation: Instant?
    let hasGrants: Bool
    let aliases: [String]
    let tags: [KMS.Tag]
    /// Oldest first; empty while it waits for its first.
    let materials: [KeyMaterial]
    /// Imported, and not used before the next rotation.
    let pendingMaterial: KeyMaterial?
    /// The highest number that a material ever had, those included that were taken back before their rotation; 0 where
    /// there was none.
    let lastMaterialNumber: Int
    /// As stored.
    let policy: CompiledPolicy
    /// Its condition keys.
    let conditions: [ConditionEntry]
    /// Of its materials, by their numbers.
    let engineKeys: [Int: EngineKey]

    var isMultiRegion: Bool { primaryRegion != nil }
    var isReplica: Bool { primaryRegion != nil && primaryRegion != region }

    static func arn(_ account: AccountID, _ region: Region, _ id: String) -> String {
        "arn:\(region.partition):kms:\(region):\(account):key/\(id)"
    }

    static func arn(_ account: AccountID, _ region: Region, alias name: String) -> String {
        "arn:\(region.partition):kms:\(region):\(account):\(name)"
    }

    private init(_ row: borrowing Row, _ parts: Parts) throws {
        account = try AccountID.stored(row.text(0))
        region = try Region.stored(row.text(1))
        id = row.text(2)
        arn = KMSKey.arn(account, region, id)
        guard let spec = KeySpecification(rawValue: row.text(3)) else {
            throw StorageError.corrupt("a KMS key of an unknown spec")
        }
        self.spec = spec
        (usage, origin) = (KMS.KeyUsageType(rawValue: row.text(4)), KMS.OriginType(rawValue: row.text(5)))
        (manager, description) = (KMS.KeyManagerType(rawValue: row.text(6)), row.text(7))
        (created, isEnabled, policyText) = (Instant(milliseconds: row.int(8)), row.bool(9), row.text(10))
        deletion = row.intOrNull(11).map(Instant.init(milliseconds:))
        window = row.intOrNull(12).map(Int.init)
        primaryRegion = try row.textOrNull(13).map(Region.stored)
        storeID = row.textOrNull(14)
        rotationPeriod = row.intOrNull(15).map(Int.init)
        nextRotation = row.intOrNull(16).map(Instant.init(milliseconds:))
        hasGrants = row.int(17) > 0
        isDisconnected = storeID != nil && row.textOrNull(18) != KMS.ConnectionStateType.connected.rawValue
        clusterID = row.textOrNull(19)
        (aliases, tags) = (parts.aliases, parts.tags)
        materials = parts.materials.filter { !$0.isPending && !$0.isWithdrawn }
        pendingMaterial = parts.materials.last { $0.isPending }
        lastMaterialNumber = parts.materials.last?.number ?? 0
        policy = parts.policies.policy(policyText, as: .keyPolicy)
        conditions = KeyConditions.of(
            spec, usage, origin, region: region, primary: primaryRegion, aliases: aliases, tags: tags)
        var keys: [Int: EngineKey] = [:]
        for material in materials {
            guard let wrapped = material.wrapped else { continue }
            keys[material.number] = EngineKey(
                WrappedKey(bytes: wrapped), material.derives ? .textKeys : spec.material,
                for: KMSKey.context(account, id, material.number))
        }
        engineKeys = keys
    }

    private struct Parts {
        let aliases: [String]
        let tags: [KMS.Tag]
        let materials: [KeyMaterial]
        let policies: PolicyCache
    }

    /// Nil where there is none.
    static func find(
        _ id: String, in account: AccountID, _ region: Region, _ policies: PolicyCache, _ snapshot: borrowing Snapshot
    ) throws -> KMSKey? {
        let (account, place) = (SQLValue.text(account.description), SQLValue.text(region.description))
        let parts = Parts(
            aliases: try snapshot.rows(
                "SELECT name FROM kms_alias WHERE account = ? AND region = ? AND key = ? ORDER BY name", account, place,
                .text(id)
            ) { $0.text(0) },
            tags: try snapshot.rows(
                "SELECT name, value FROM kms_tag WHERE account = ? AND region = ? AND key = ? ORDER BY name", account,
                place, .text(id)
            ) { KMS.Tag(tagKey: $0.text(0), tagValue: $0.text(1)) },
            materials: try KeyMaterial.all(of: id, account, place, snapshot), policies: policies)
        return try snapshot.first(
            """
            SELECT k.account, k.region, k.id, k.spec, k.usage, k.origin, k.manager, k.description, k.created,
                k.enabled, k.policy, k.deletion, k.window, k.primary_region, k.store,
                p.rotation_period, p.rotation_next, k.grants, s.state, s.cluster
            FROM kms_key k
                LEFT JOIN kms_key p ON p.account = k.account AND p.id = k.id
                    AND p.region = coalesce(k.primary_region, k.region)
                LEFT JOIN kms_store s ON s.account = k.account AND s.region = k.region AND s.id = k.store
            WHERE k.account = ? AND k.region = ? AND k.id = ?
            """, account, place, .text(id)
        ) { row in try KMSKey(row, parts) }
    }

    /// Of what engine calls bind its material to. The same in all Regions.
    static func context(_ account: AccountID, _ id: String, _ number: Int) -> SealContext {
        SealContext("kms", account.description, id, String(number))
    }
}
