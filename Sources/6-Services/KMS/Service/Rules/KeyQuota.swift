import AWS
import KMSAPI
import Storage

/// How many keys of customers an account may have in a Region, those that wait for their deletion included.
/// - Source: KMS Developer Guide, "Resource quotas".
enum KeyQuota {
    static let keys = 100_000

    /// For one key more. - Parameter limit: how many there may be.
    static func check(
        _ account: AccountID, _ region: Region, limit: Int = keys, _ transaction: inout Transaction
    ) throws {
        let isFull = try transaction.exists(
            "SELECT 1 FROM kms_key_count WHERE account = ? AND region = ? AND keys >= ?",
            .text(account.description), .text(region.description), .number(limit))
        guard !isFull else {
            throw KMS.LimitExceededException(
                message: "The account has reached the limit of \(limit) KMS keys in this Region.")
        }
    }
}
