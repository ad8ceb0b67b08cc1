import AWS
import Authentication
public import HTTP
import Smithy
import Wire
import World

extension Front {
    /// Makes a signed call that AWS has no public API for: JSON over the service `gatehouse`, through the gate as any other.
    public func answer(_ head: RequestHead, _ body: any RequestBody, own operation: AnyOperation) async -> Response {
        let identity = RequestIdentity(requestID: world.identifiers.uuid())
        let codec = Codec(.house, speaking: .json)
        let service = SigningService(name: "gatehouse", region: ScopeHint(head).region ?? "", family: .json)
        do {
            let times = times()
            guard let claim = try authenticator.checkHead(head, for: service, at: times) else {
                throw AuthenticationFailure.missingToken
            }
            let bytes = try await collect(body, of: head, by: BodySender(claim))
            let proved = try authenticator.authenticate(head, for: service, payload: .body(bytes), at: times)
            guard !proved.caller.isAnonymous else { throw AuthenticationFailure.missingToken }
            let facts = RequestFacts(
                caller: proved.caller, region: .usEast1, now: times.now, requestID: identity.requestID, head: head)
            let exchange = WireExchange(
                facts: facts, head: head, route: Route(to: .house), payload: .bytes(bytes), identity: identity)
            do { return try await operation.run(gate, exchange) } catch let unread as Unread {
                try await gate.recordUnread(operation.model.name, of: operation.model.service, unread.cause, facts)
                throw unread.cause
            }
        } catch let failure as AuthenticationFailure {
            return codec.encode(error: WireError(failure.refusal(for: service)), identity)
        } catch is RequestBodyError {
            return codec.encode(error: BodyLate.other, identity)
        } catch let error as any ServiceError {
            return codec.encode(error: WireError(error.code, error.message, status: error.httpStatus), identity)
        } catch {
            world.log(.error, "a request failed", ["requestId": identity.requestID, "error": "\(error)"])
            return codec.encode(error: Failure.internalFailure, identity)
        }
    }
}
