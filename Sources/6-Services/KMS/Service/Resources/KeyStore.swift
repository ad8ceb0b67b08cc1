import AWS
import KMSAPI
import KeyEngine
import Storage
import World

/// A custom key store: keys that live in the PKCS#11 device of this server, in the way of an AWS CloudHSM key store.
/// - Source: KMS Developer Guide, "AWS CloudHSM key stores".
struct KeyStore: Sendable {
    let account: AccountID
    let region: Region
    /// `cks-…`
    let id: String
    let name: String
    /// `cluster-…`
    let cluster: String
    let anchor: String
    let state: KMS.ConnectionStateType
    let failure: KMS.ConnectionErrorCodeType?
    let created: Instant
    /// Sealed; nil where it was made before passwords were kept.
    let password: [UInt8]?

    /// Custom key stores of an account in a Region.
    /// - Source: KMS Developer Guide, "Resource quotas".
    static let limit = 10

    private init(_ row: borrowing Row, _ account: AccountID, _ region: Region) {
        (self.account, self.region) = (account, region)
        (id, name, cluster, anchor) = (row.text(0), row.text(1), row.text(2), row.text(3))
        state = KMS.ConnectionStateType(rawValue: row.text(4))
        failure = row.textOrNull(5).map(KMS.ConnectionErrorCodeType.init(rawValue:))
        (created, password) = (Instant(milliseconds: row.int(6)), row.blobOrNull(7))
    }

    /// In the order of their ids, those after `marker`.
    static func list(
        in account: AccountID, _ region: Region, after marker: String, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> [KeyStore] {
        try snapshot.rows(
            """
            SELECT id, name, cluster, anchor, state, failure, created, password FROM kms_store
            WHERE account = ? AND region = ? AND id > ? ORDER BY id LIMIT ?
            """, .text(account.description), .text(region.description), .text(marker), .number(limit)
        ) { KeyStore($0, account, region) }
    }

    static func find(
        _ id: String, in account: AccountID, _ region: Region, _ snapshot: borrowing Snapshot
    ) throws -> KeyStore? {
        try all(account, region, snapshot).first { $0.id == id }
    }

    /// There are at most ten.
    static func all(_ account: AccountID, _ region: Region, _ snapshot: borrowing Snapshot) throws -> [KeyStore] {
        try list(in: account, region, after: "", limit: limit, snapshot)
    }

    static func write(
        _ id: String, _ input: KMS.CreateCustomKeyStore.Input, _ cluster: String, password: [UInt8],
        _ account: AccountID, _ region: Region, _ now: Instant, _ transaction: inout Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO kms_store (account, region, id, name, cluster, anchor, state, created, password)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .text(account.description), .text(region.description), .text(id), .text(input.customKeyStoreName),
            .text(cluster), .text(input.trustAnchorCertificate ?? ""),
            .text(KMS.ConnectionStateType.disconnected.rawValue), .int(now.milliseconds), .blob(password))
    }

    func set(
        _ state: KMS.ConnectionStateType, _ failure: KMS.ConnectionErrorCodeType?, in transaction: inout Transaction
    ) throws {
        try transaction.run(
            "UPDATE kms_store SET state = ?, failure = ? WHERE account = ? AND region = ? AND id = ?",
            .text(state.rawValue), .textOrNull(failure?.rawValue), .text(account.description),
            .text(region.description), .text(id))
    }

    func rename(_ name: String, in transaction: inout Transaction) throws {
        try transaction.run(
            "UPDATE kms_store SET name = ? WHERE account = ? AND region = ? AND id = ?", .text(name),
            .text(account.description), .text(region.description), .text(id))
    }

    func move(to cluster: String, in transaction: inout Transaction) throws {
        try transaction.run(
            "UPDATE kms_store SET cluster = ? WHERE account = ? AND region = ? AND id = ?", .text(cluster),
            .text(account.description), .text(region.description), .text(id))
    }

    /// - Parameter password: sealed.
    func set(password: [UInt8], in transaction: inout Transaction) throws {
        try transaction.run(
            "UPDATE kms_store SET password = ? WHERE account = ? AND region = ? AND id = ?", .blob(password),
            .text(account.description), .text(region.description), .text(id))
    }

    func remove(_ transaction: inout Transaction) throws {
        try transaction.run(
            "DELETE FROM kms_store WHERE account = ? AND region = ? AND id = ?", .text(account.description),
            .text(region.description), .text(id))
    }

    func hasKeys(_ snapshot: borrowing Snapshot) throws -> Bool {
        try snapshot.exists(
            "SELECT 1 FROM kms_key WHERE account = ? AND region = ? AND store = ?", .text(account.description),
            .text(region.description), .text(id))
    }

    /// Whether it is connected, and to the device that the server has now: a root may have moved elsewhere.
    func requireConnected(to status: EngineStatus) throws {
        guard state == .connected else { throw KeyStore.wrongState(id, state) }
        guard DeviceCluster.id(status) == cluster else {
            throw KMS.CustomKeyStoreInvalidStateException(
                message: "The cluster \(cluster) of the custom key store \(id) is not this server's device any more.")
        }
    }

    func requireDisconnected() throws {
        guard state == .disconnected else { throw KeyStore.wrongState(id, state) }
    }

    static func wrongState(_ id: String, _ state: KMS.ConnectionStateType) -> KMS.CustomKeyStoreInvalidStateException {
        KMS.CustomKeyStoreInvalidStateException(message: "The custom key store \(id) is \(state.rawValue).")
    }

    static func absence(_ id: String) -> KMS.CustomKeyStoreNotFoundException {
        KMS.CustomKeyStoreNotFoundException(message: "The custom key store \(id) is not found.")
    }

    var shape: KMS.CustomKeyStoresListEntry {
        var entry = KMS.CustomKeyStoresListEntry()
        (entry.customKeyStoreId, entry.customKeyStoreName) = (id, name)
        (entry.cloudHsmClusterId, entry.trustAnchorCertificate) = (cluster, anchor)
        (entry.connectionState, entry.connectionErrorCode, entry.creationDate) = (state, failure, created)
        entry.customKeyStoreType = .awsCloudhsm
        return entry
    }
}
