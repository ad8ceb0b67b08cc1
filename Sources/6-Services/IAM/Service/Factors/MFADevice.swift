import AWS
import Door
import IAMAPI
import Storage
import World

/// A device that proves a second factor, as stored.
struct MFADevice: Sendable {
    enum Kind: String, Sendable {
        case virtual, hardware
        /// A FIDO security key: it has no seed.
        case securityKey = "u2f"
    }

    /// An ARN, or the number of a hardware token.
    let serial: String
    let kind: Kind
    /// Nil for hardware tokens that nobody uses.
    let account: AccountID?
    /// What its tags belong to: a namesake made later has another.
    let id: String
    /// A user's unique id, or the account id for root; nil while nobody uses it.
    let owner: String?
    let enabled: Instant?
    let sealedSeed: [UInt8]?
    /// In steps of 30 seconds; positive where the device's clock is ahead.
    let drift: Int64
    /// The last step whose code was taken.
    let used: Int64

    private init(_ row: borrowing Row) throws {
        serial = row.text(0)
        guard let kind = Kind(rawValue: row.text(1)) else { throw StorageError.corrupt("the kind of an MFA device") }
        self.kind = kind
        account = try row.textOrNull(2).map(AccountID.stored)
        (id, owner) = (row.text(3), row.textOrNull(4))
        enabled = row.intOrNull(5).map { Instant(milliseconds: $0) }
        (sealedSeed, drift, used) = (row.blobOrNull(6), row.int(7), row.int(8))
    }

    static func find(_ serial: String, _ snapshot: borrowing Snapshot) throws -> MFADevice? {
        try snapshot.first(
            "SELECT serial, kind, account, id, owner, enabled, seed, drift, used FROM iam_mfa_device WHERE serial = ?",
            .text(serial), make: MFADevice.init)
    }

    /// Those of an owner, by serial number; after `marker`.
    static func all(
        of owner: String, after marker: String = "", limit: Int = MFADevice.limit + 1, _ snapshot: borrowing Snapshot
    ) throws -> [MFADevice] {
        try snapshot.rows(
            """
            SELECT serial, kind, account, id, owner, enabled, seed, drift, used FROM iam_mfa_device
            WHERE owner = ? AND serial > ? ORDER BY serial LIMIT ?
            """, .text(owner), .text(marker), .number(limit), each: MFADevice.init)
    }

    /// The virtual devices of an account, by serial number; after `marker`.
    /// - Parameter isAssigned: nil for all.
    static func virtual(
        in account: AccountID, isAssigned: Bool?, after marker: String, limit: Int, _ snapshot: borrowing Snapshot
    ) throws -> [MFADevice] {
        try snapshot.rows(
            """
            SELECT serial, kind, account, id, owner, enabled, seed, drift, used FROM iam_mfa_device
            WHERE account = ?1 AND kind = 'virtual' AND serial > ?2 AND (?3 IS NULL OR (owner IS NOT NULL) = ?3)
            ORDER BY serial LIMIT ?4
            """, .text(account.description), .text(marker), .intOrNull(isAssigned.map { $0 ? 1 : 0 }), .number(limit),
            each: MFADevice.init)
    }

    static func exists(of owner: String, _ snapshot: borrowing Snapshot) throws -> Bool {
        try snapshot.exists("SELECT 1 FROM iam_mfa_device WHERE owner = ?", .text(owner))
    }

    /// How many devices of all kinds the account has, and how many of them somebody uses.
    static func counts(in account: AccountID, _ snapshot: borrowing Snapshot) throws -> (all: Int, inUse: Int) {
        try snapshot.first(
            "SELECT count(*), count(owner) FROM iam_mfa_device WHERE account = ?", .text(account.description),
            make: { (Int($0.int(0)), Int($0.int(1))) }) ?? (0, 0)
    }

    /// - Source: IAM and STS quotas: MFA devices in use by a user, and by the root user.
    static let limit = 8

    static func insert(
        _ serial: String, _ kind: Kind, in account: AccountID?, id: String, sealedSeed: [UInt8]?,
        _ transaction: inout Transaction
    ) throws {
        try transaction.run(
            "INSERT INTO iam_mfa_device (serial, kind, account, id, seed) VALUES (?, ?, ?, ?, ?)", .text(serial),
            .text(kind.rawValue), .textOrNull(account?.description), .text(id), .blobOrNull(sealedSeed))
    }

    /// Gives the device to somebody.
    func assign(to owner: KeyOwner, id ownerID: String, at now: Instant, _ transaction: inout Transaction) throws {
        try transaction.run(
            "UPDATE iam_mfa_device SET account = ?, owner = ?, enabled = ? WHERE serial = ?",
            .text(owner.account.description), .text(ownerID), .int(now.milliseconds), .text(serial))
    }

    /// Takes the device from whoever has it. A hardware token is then anybody's again, a security key is forgotten.
    func release(_ transaction: inout Transaction) throws {
        switch kind {
        case .virtual:
            try transaction.run(
                "UPDATE iam_mfa_device SET owner = NULL, enabled = NULL WHERE serial = ?", .text(serial))
        case .hardware:
            try transaction.run(
                "UPDATE iam_mfa_device SET account = NULL, owner = NULL, enabled = NULL WHERE serial = ?", .text(serial)
            )
        case .securityKey: try transaction.run("DELETE FROM iam_mfa_device WHERE serial = ?", .text(serial))
        }
    }

    /// Notes that the code of a step was taken. False where one of that step or a later one was taken before.
    func use(_ step: Int64, at now: Instant, _ transaction: inout Transaction) throws -> Bool {
        try transaction.run(
            "UPDATE iam_mfa_device SET used = ?1, drift = ?2 WHERE serial = ?3 AND id = ?4 AND used < ?1",
            .int(step), .int(step - DeviceCodes.step(at: now)), .text(serial), .text(id)) == 1
    }
}
