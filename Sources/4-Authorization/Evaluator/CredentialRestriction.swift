/// What temporary credentials may not call, whatever policies say. The gate asks before `decide`; AssumeRole refuses root by
/// itself.
/// - Source: IAM User Guide, "Compare AWS STS credentials"; that credentials of GetSessionToken get web identity tokens
///   too as captured from AWS in radkawar/stackd, `testdata/aws/iam/outbound_identity.json`, commit 9dc356f.
public enum CredentialRestriction: Sendable {
    /// From GetSessionToken: IAM only with MFA; of STS only AssumeRole, GetCallerIdentity and GetWebIdentityToken.
    case sessionToken(hasMFA: Bool)
    /// From GetFederationToken: no IAM; of STS only GetCallerIdentity.
    case federationToken
    /// Root may not assume roles.
    case root

    /// True if credentials of this kind may never call the action.
    public func forbids(_ action: ActionName) -> Bool {
        switch (self, action.service) {
        case (.sessionToken(let hasMFA), "iam"): !hasMFA
        case (.sessionToken, "sts"):
            !["assumerole", "getcalleridentity", "getwebidentitytoken"].contains(action.name)
        case (.federationToken, "iam"): true
        case (.federationToken, "sts"): action.name != "getcalleridentity"
        case (.root, "sts"): action.name == "assumerole"
        default: false
        }
    }
}
