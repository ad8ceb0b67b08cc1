import AWS
import Authentication
import HTTP
import Smithy
import Wire
import World

/// What callers are told whose body did not come in time, or not to its end.
enum BodyLate {
    /// - Source: S3 API Reference, "List of error codes".
    static let asS3 = WireError(
        "RequestTimeout",
        "Your socket connection to the server was not read from or written to within the timeout period. "
            + "Idle connections will be closed.", status: 400)
    /// - Source: "Common Errors" of the services' API references.
    static let other = WireError(
        "RequestTimeoutException", "The request body did not come within the time for it.", status: 408)
}

extension Front {
    /// The error as the client may see it.
    func told(_ error: any Error, _ route: Route, _ identity: RequestIdentity) -> any ServiceError {
        switch error {
        case let error as AccessDenied:
            return denial(error, route, identity)
        case is BodiesFull where route.wireProtocol == .restXML: return BodiesFull.asS3
        case let failure as Failure: return failure.worded(by: route.service)
        case let error as any ServiceError: return error
        case let failure as AuthenticationFailure:
            logUnknownKey(failure)
            return WireError(failure.refusal(for: SigningService(route)))
        case let failure as BodyFailure: return WireError(failure.refusal)
        case is RequestBodyError: return route.wireProtocol == .restXML ? BodyLate.asS3 : BodyLate.other
        default:
            world.log(.error, "a request failed", ["requestId": identity.requestID, "error": "\(error)"])
            return Failure.internalFailure.worded(by: route.service)
        }
    }

    /// A refusal in the words of the service's protocol.
    private func denial(_ denied: AccessDenied, _ route: Route, _ identity: RequestIdentity) -> any ServiceError {
        switch route.wireProtocol {
        case .json: return WireError("AccessDeniedException", denied.message, status: 400)
        case .restJSON: return WireError("AccessDeniedException", denied.message, status: 403)
        case .ec2:
            do { return try denied.asUnauthorizedOperation(messages) } catch {
                world.log(.error, "a request failed", ["requestId": identity.requestID, "error": "\(error)"])
                return Failure.internalFailure
            }
        case .query, .restXML: return denied
        }
    }

    /// Who comes with the credentials other emulators accept is told how to get real ones.
    private func logUnknownKey(_ failure: AuthenticationFailure) {
        guard case .unknownKey(let key) = failure.reason, ["test", "local", "dummy", "minioadmin"].contains(key) else {
            return
        }
        world.log(
            .warning, "a request came with an emulator's stand-in credentials; Gatehouse checks real ones",
            [
                "accessKeyId": key,
                "help": "eval \"$(gatehouse env)\" sets the root user's; GATEHOUSE_ROOT_ACCESS_KEY_ID and "
                    + "GATEHOUSE_ROOT_SECRET_ACCESS_KEY choose them",
            ])
    }
}
