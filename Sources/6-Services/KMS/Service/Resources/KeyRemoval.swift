import AWS
import KMSAPI
import Storage
import World

extension KMSKey {
    /// As many grants as one transaction takes away: fifty thousand at once would have everybody wait for seconds.
    private static let grantsAtOnce = 200

    /// Begins the removal of a key whose waiting period is over: takes grants away, and tells whether there may be more. Then
    /// it is gone for those as well who asked before its end and come after this: without its grants nobody gets it back.
    func removeSomeGrants(_ transaction: inout Transaction) throws -> Bool {
        let (account, region, id) = (
            SQLValue.text(account.description), SQLValue.text(region.description), SQLValue.text(id)
        )
        let removed = try transaction.run(
            """
            DELETE FROM kms_grant WHERE account = ?1 AND region = ?2 AND key = ?3 AND id IN (
                SELECT id FROM kms_grant WHERE account = ?1 AND region = ?2 AND key = ?3 LIMIT ?4)
            """, account, region, id, .number(KMSKey.grantsAtOnce))
        if removed > 0 { transaction.eraseTraces() }
        guard removed == KMSKey.grantsAtOnce else { return false }
        try set(deletion: Instant(milliseconds: 0), window: window, in: &transaction)
        transaction.touch(.resourcePolicies)
        return true
    }

    /// Removes the key from its Region, with all that belongs to it, and its material with the last Region. The primary that
    /// waited for this replica begins its own waiting period.
    func remove(_ now: Instant, _ transaction: inout Transaction) throws {
        let (account, region, id) = (
            SQLValue.text(account.description), SQLValue.text(region.description), SQLValue.text(id)
        )
        try transaction.run("DELETE FROM kms_key WHERE account = ? AND region = ? AND id = ?", account, region, id)
        try transaction.run("DELETE FROM kms_alias WHERE account = ? AND region = ? AND key = ?", account, region, id)
        try transaction.run("DELETE FROM kms_tag WHERE account = ? AND region = ? AND key = ?", account, region, id)
        try transaction.run("DELETE FROM kms_grant WHERE account = ? AND region = ? AND key = ?", account, region, id)
        try transaction.run("DELETE FROM kms_import WHERE account = ? AND region = ? AND key = ?", account, region, id)
        let others = try transaction.number("SELECT count(*) FROM kms_key WHERE account = ? AND id = ?", account, id)
        if others == 0 {
            try transaction.run("DELETE FROM kms_material WHERE account = ? AND key = ?", account, id)
        } else if origin == .external {
            // What was imported nowhere else is gone.
            try transaction.run(
                """
                UPDATE kms_material SET wrapped = NULL WHERE account = ?1 AND key = ?2 AND NOT EXISTS (
                    SELECT 1 FROM kms_import i
                    WHERE i.account = ?1 AND i.key = ?2 AND i.number = kms_material.number)
                """, account, id)
        }
        if others == 1 {
            try transaction.run(
                """
                UPDATE kms_key SET deletion = ?1 + window * 86400000
                WHERE account = ?2 AND id = ?3 AND window IS NOT NULL AND deletion IS NULL
                """, .int(now.milliseconds), account, id)
        }
        transaction.touch(.resourcePolicies)
        transaction.eraseTraces()
    }
}
