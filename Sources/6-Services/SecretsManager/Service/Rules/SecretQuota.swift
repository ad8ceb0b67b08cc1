import SecretsManagerAPI
import Storage

/// How many secrets an account may have in a Region.
/// - Source: Secrets Manager User Guide, "Quotas".
enum SecretQuota {
    static let limit = 500_000

    static func check(_ place: SecretPlace, _ transaction: inout Transaction) throws {
        let isFull = try transaction.exists(
            "SELECT 1 FROM secret_count WHERE account = ? AND region = ? AND secrets >= ?", place.accountValue,
            place.regionValue, .number(limit))
        guard !isFull else {
            throw SecretsManager.LimitExceededException(
                message: "You've exceeded the limit of \(limit) secrets in this Region.")
        }
    }
}
