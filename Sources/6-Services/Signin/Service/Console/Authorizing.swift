import Door
import HTTP

struct Authorizing: Sendable {
    init(_ parts: SignInParts, _ front: Front) {}
    func answer(_ request: ConsoleRequest, _ query: RequestParameters) async throws -> Response? { nil }
}
