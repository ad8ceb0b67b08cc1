import SecretsManagerAPI
import Storage

/// How many secrets an account may have in a Region.
/// - Source: Secrets Manager User Guide, "Quotas".
enum SecretQuota {
    static let limit = 500_000

    static func check(_ place: SecretPlace, _ transaction: inout Transaction) throws {
        // Counted no further than the limit, and only past a row that cannot be there below it.
        let isFull = try transaction.exists(
            "SELECT 1 FROM secret WHERE account = ? AND region = ? LIMIT 1 OFFSET ?", place.accountValue,
            place.regionValue, .number(limit - 1))
        guard !isFull else {
            throw SecretsManager.LimitExceededException(
                message: "You've exceeded the limit of \(limit) secrets in this Region.")
        }
    }
}
