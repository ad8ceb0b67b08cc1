import IAMAPI

/// The status of access keys and of the other credentials of users, as callers may set it.
enum CredentialStatus {
    /// `Expired` is a word of the model for credentials that end by themselves: nobody can set it.
    /// - Source: `InvalidInput` as captured from AWS for access keys, service-specific credentials, SSH keys and signing
    ///   certificates in radkawar/stackd, `docs/iam-completion.md`, `iam-service-credentials.md`, `iam-certificates.md`.
    static func isActive(_ status: IAM.StatusType) throws -> Bool {
        guard status == .active || status == .inactive else {
            throw IAM.InvalidInputException(message: "Operation does not support status \(status)")
        }
        return status == .active
    }
}
