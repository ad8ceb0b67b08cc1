import AWS
import KMSAPI
import KeyEngine
import Storage
import World

/// A key about to be written.
struct NewKey {
    let account: AccountID
    let region: Region
    let id: String
    let plan: KeyPlan
    let description: String
    /// As stored.
    let policy: String
    var manager = KMS.KeyManagerType.customer
    /// Of a replica, the Region of its primary.
    var primary: Region?
    /// The custom key store it lives in.
    var storeID: String?

    func write(_ now: Instant, _ transaction: inout Transaction) throws {
        try transaction.run(
            """
            INSERT INTO kms_key (account, region, id, spec, usage, origin, manager, description, created, enabled,
                policy, primary_region, store)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, ?10, ?11, ?12)
            """, .text(account.description), .text(region.description), .text(id), .text(plan.spec.rawValue),
            .text(plan.usage.rawValue), .text(plan.origin.rawValue), .text(manager.rawValue), .text(description),
            .int(now.milliseconds), .text(policy),
            .textOrNull(plan.isMultiRegion ? (primary ?? region).description : nil),
            .textOrNull(storeID))
        transaction.touch(.resourcePolicies)
    }

    /// Material that the engine made.
    func write(
        _ made: GeneratedKey, number: Int, _ identifiers: Identifiers, _ now: Instant, _ transaction: inout Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO kms_material (account, key, number, id, wrapped, public, created, derives)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """, .text(account.description), .text(id), .number(number),
            .text(Hexadecimal.string(identifiers.bytes(32))), .blob(made.key.wrapped.bytes),
            .blobOrNull(made.publicKey), .int(now.milliseconds), .bool(made.derives))
    }
}
