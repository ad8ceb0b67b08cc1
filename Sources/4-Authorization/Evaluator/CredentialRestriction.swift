/// What temporary credentials may not call, whatever policies say. The gate asks before `decide`; AssumeRole refuses root by
/// itself.
/// - Source: IAM User Guide, "Compare AWS STS credentials".
public enum CredentialRestriction: Sendable {
    /// From GetSessionToken: IAM only with MFA; of STS only AssumeRole and GetCallerIdentity.
    case sessionToken(hasMFA: Bool)
    /// From GetFederationToken: no IAM; of STS only GetCallerIdentity.
    case federationToken
    /// Root may not assume roles.
    case root

    /// True if credentials of this kind may never call the action.
    public func forbids(_ action: ActionName) -> Bool {
        switch (self, action.service) {
        case (.sessionToken(let hasMFA), "iam"): !hasMFA
        case (.sessionToken, "sts"): action.name != "assumerole" && action.name != "getcalleridentity"
        case (.federationToken, "iam"): true
        case (.federationToken, "sts"): action.name != "getcalleridentity"
        case (.root, "sts"): action.name == "assumerole"
        default: false
        }
    }
}
