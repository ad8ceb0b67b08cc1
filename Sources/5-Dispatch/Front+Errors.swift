import AWS
import Authentication
import HTTP
import Smithy
import Wire
import World

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
        case is RequestBodyError:
            return WireError("RequestTimeout", "The request body was not read within the timeout period.", status: 400)
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
