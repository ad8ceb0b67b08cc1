import AWS
import Authentication
import Authorization
import Smithy

/// Refuses what temporary credentials of a user may never call, in AWS's words.
/// - Source: STS API Reference, "GetSessionToken" and "GetFederationToken": Permissions; the words of GetWebIdentityToken
///   as captured from AWS in radkawar/stackd, `testdata/aws/iam/outbound_identity.json`, commit 9dc356f.
struct RestrictedCredentials {
    private let name: ActionName
    private let operation: String

    /// Nil for services that such credentials may call.
    init?(_ model: OperationModel) {
        guard ["iam", "sts"].contains(model.service.name) else { return nil }
        (name, operation) = (ActionName(model.service.name + ":" + model.name), model.name)
    }

    /// Nil where the caller may ask for it.
    func refusal(of caller: Caller) -> (any ServiceError)? {
        guard let session = caller.session, let restriction = CredentialRestriction(session),
            restriction.forbids(name)
        else { return nil }
        if name.service == "iam" { return InvalidToken() }
        // Those of GetSessionToken may call it.
        if operation == "GetWebIdentityToken" {
            return AccessDenied("GetWebIdentityToken does not support federated user sessions")
        }
        return AccessDenied("Cannot call \(operation) with session credentials")
    }
}

extension CredentialRestriction {
    /// Nil for credentials that may call whatever policies allow.
    fileprivate init?(_ session: SessionFacts) {
        switch session.origin {
        case .getSessionToken: self = .sessionToken(hasMFA: session.authenticatedWithMFA != nil)
        case .getFederationToken: self = .federationToken
        case .assumeRole, .assumeRoleWithWebIdentity, .assumeRoleWithSAML, .signIn: return nil
        }
    }
}

/// What IAM says of a token that is good, but not for IAM.
private struct InvalidToken: ServiceError {
    var code: String { "InvalidClientTokenId" }
    var httpStatus: Int { 403 }
    var message: String { "The security token included in the request is invalid" }
}
