public import AWS
public import Storage
public import World

/// Keys that services have in every account for what nobody gave a key of his own. KMS implements it.
/// - Source: KMS Developer Guide, "AWS managed keys".
public protocol ServiceKeys: Sendable {
    /// The ARN of `alias/aws/SERVICE` of the account in the Region, such as `s3`. Made when first asked for.
    func key(for service: String, of account: AccountID, in region: Region) async throws -> String
    /// The ARN of the key that an id, an alias or an ARN leads to, as the account itself would name it there. Nil where it
    /// leads to none of its keys. Nobody's rights are asked: what is found here may be told only to the policies.
    func arn(
        named text: String, by account: AccountID, in region: Region, at now: Instant, _ snapshot: borrowing Snapshot
    ) throws -> String?
}
