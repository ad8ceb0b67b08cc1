import SigninAPI
import Smithy

/// A token that is not given, in the words of OAuth 2.0 and of the model.
/// - Source: AWS Sign-In API Reference, "CreateOAuth2Token": the status hangs on the error.
struct OAuthRefusal: ServiceError {
    enum Reason: String {
        case codeExpired = "AUTHCODE_EXPIRED", tokenExpired = "TOKEN_EXPIRED"
        case credentialsChanged = "USER_CREDENTIALS_CHANGED", insufficientPermissions = "INSUFFICIENT_PERMISSIONS"
    }

    let reason: Reason
    let message: String

    var code: String { "AccessDeniedException" }
    var httpStatus: Int { reason == .codeExpired || reason == .tokenExpired ? 401 : 403 }
    var fields: [ErrorField] { [ErrorField("error", reason.rawValue)] }

    init(_ reason: Reason, _ message: String) { (self.reason, self.message) = (reason, message) }

    static func invalid(_ message: String) -> Signin.ValidationException {
        Signin.ValidationException(message: message, fields: [ErrorField("error", "INVALID_REQUEST")])
    }
}
