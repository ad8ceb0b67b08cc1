import AWS
import KMSAPI
import Storage
import World

/// A grant about to be written, for which there is room.
struct NewGrant {
    let key: KMSKey
    let grantee: GrantPrincipal
    let retiring: GrantPrincipal?
    let rights: GrantRights
    let name: String?

    /// - Throws: `LimitExceededException` where the key can have no other.
    static func requireRoom(on key: KMSKey, _ snapshot: borrowing Snapshot) throws {
        let count = try snapshot.number(
            "SELECT grants FROM kms_key WHERE account = ? AND region = ? AND id = ?", .text(key.account.description),
            .text(key.region.description), .text(key.id))
        guard count < GrantLimits.perKey else {
            throw KMS.LimitExceededException(message: "\(key.arn) has as many grants as a key can have.")
        }
    }

    /// Returns its id.
    func write(_ secret: [UInt8], _ identifiers: Identifiers, _ now: Instant, _ transaction: inout Transaction) throws
        -> String
    {
        let id = Hexadecimal.string(identifiers.bytes(32))
        let (account, region) = (SQLValue.text(key.account.description), SQLValue.text(key.region.description))
        try transaction.run(
            """
            INSERT INTO kms_grant (account, region, key, id, grantee, grantee_name, retiring, retiring_name, rights,
                bound, name, secret, created)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, account, region, .text(key.id), .text(id), .text(grantee.stored), .text(grantee.name),
            .textOrNull(retiring?.stored), .textOrNull(retiring?.name), .text(rights.text), .text(rights.bound),
            .textOrNull(name), .blob(secret), .int(now.milliseconds))
        try transaction.run(
            "UPDATE kms_key SET grants = grants + 1 WHERE account = ? AND region = ? AND id = ?", account, region,
            .text(key.id))
        transaction.touch(.resourcePolicies)
        return id
    }
}
