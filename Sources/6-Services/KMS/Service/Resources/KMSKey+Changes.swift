import AWS
import Door
import KMSAPI
import KeyEngine
import Storage
import World

extension KMSKey {
    func set(enabled: Bool, in transaction: inout Transaction) throws {
        try transaction.run(
            "UPDATE kms_key SET enabled = ? WHERE account = ? AND region = ? AND id = ?", .bool(enabled),
            .text(account.description), .text(region.description), .text(id))
    }

    /// When it is to be deleted, or how long it waits once its replicas are gone; neither to let it live, disabled.
    func set(deletion: Instant?, window: Int?, in transaction: inout Transaction) throws {
        try transaction.run(
            "UPDATE kms_key SET deletion = ?, window = ?, enabled = 0 WHERE account = ? AND region = ? AND id = ?",
            .intOrNull(deletion?.milliseconds), window.map { .number($0) } ?? .null, .text(account.description),
            .text(region.description), .text(id))
    }

    /// The Regions of a multi-Region key, its own included.
    func regions(_ snapshot: borrowing Snapshot) throws -> [Region] {
        try snapshot.rows(
            "SELECT region FROM kms_key WHERE account = ? AND id = ? ORDER BY region", .text(account.description),
            .text(id)
        ) { try Region.stored($0.text(0)) }
    }

    /// Has the engine drop what it keeps ready for the key.
    func forget(by engine: any KeyEngine) {
        for material in materials { if let key = try? engineKey(material) { engine.forget(key) } }
    }
}
