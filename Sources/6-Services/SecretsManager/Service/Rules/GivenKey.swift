import AWS
import Door
import SecretsManagerAPI
import Storage
import World

/// The KMS key that a request names for a secret, and what that leads to.
struct GivenKey: Sendable {
    /// As the request has it.
    let text: String
    /// The key's ARN. Where the text leads to none, or to another account, where nobody looks: the ARN that it makes.
    let arn: String
    /// Whether it should be a key of the secret's account and is none.
    let isMissing: Bool

    /// - Throws: as an encryption under it would.
    func require() throws {
        if isMissing { throw KeyFailure.unencryptable }
    }
}

extension Secrets {
    /// The key that a request gives to a secret of that account and Region; nil where it names none, or Secrets Manager's
    /// own.
    func key(
        _ text: String?, of account: AccountID, in region: Region, at now: Instant, _ snapshot: borrowing Snapshot
    ) throws -> GivenKey? {
        guard let text = KeyReference.given(text) else { return nil }
        let found = try keys.arn(named: text, by: account, in: region, at: now, snapshot)
        let written = ARN(text)
        let isForeign = written?.service == "kms" && written?.accountID != nil && written?.accountID != account
        return GivenKey(
            text: text, arn: found ?? KeyReference.arn(text, of: account, in: region),
            isMissing: found == nil && !isForeign)
    }
}
