public import AWS

/// Keys that services have in every account for what nobody gave a key of his own. KMS implements it.
/// - Source: KMS Developer Guide, "AWS managed keys".
public protocol ServiceKeys: Sendable {
    /// The ARN of `alias/aws/SERVICE` of the account in the Region, such as `s3`. Made when first asked for.
    func key(for service: String, of account: AccountID, in region: Region) async throws -> String
}
