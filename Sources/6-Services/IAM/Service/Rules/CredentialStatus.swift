import IAMAPI

/// The status of SSH keys and signing certificates, as callers may set it.
enum CredentialStatus {
    /// `Expired` is a word of the model for credentials that end by themselves: nobody can set it.
    static func isActive(_ status: IAM.StatusType) throws -> Bool {
        guard status == .active || status == .inactive else {
            throw IAM.InvalidInputException(message: "The status can be set to Active or Inactive, not \(status).")
        }
        return status == .active
    }
}
