import HTTP
public import Smithy
public import Storage
import Wire
import World

/// What a service says to browsers that call it from pages of other origins. S3 implements it.
/// - Source: Fetch Standard, section 3.3, "CORS protocol".
public protocol CrossOriginRules: Sendable {
    /// The header lines that let the browser send the request it asks about; the refusal is thrown.
    func preflight(_ request: CrossOriginRequest, in snapshot: borrowing Snapshot) throws -> [ErrorField]
    /// The header lines that let the browser show the page an answer, be it an error; none where no rule does.
    func lines(_ request: CrossOriginRequest, in snapshot: borrowing Snapshot) throws -> [ErrorField]
}

/// A request that a browser sends for a page of another origin, or before one.
public struct CrossOriginRequest: Sendable {
    public let bucket: String
    /// Whether it names a key in the bucket.
    public let isOnObject: Bool
    public let method: String
    /// Nil where a preflight lacks it.
    public let origin: String?
    /// The method of the request that a preflight asks about.
    public let requestedMethod: String?
    /// The names of its headers, in their order.
    public let requestedHeaders: [String]

    var isPreflight: Bool { method == "OPTIONS" }

    /// Nil for requests that are not about a bucket.
    fileprivate init?(_ head: RequestHead, _ route: Route) {
        guard route.service.name == "s3", let bucket = route.bucket.flatMap({ String(validating: $0, as: UTF8.self) })
        else { return nil }
        (self.bucket, isOnObject, method) = (bucket, route.key?.isEmpty == false, head.text(head.method))
        (origin, requestedMethod) = (head.text("origin"), head.text("access-control-request-method"))
        requestedHeaders = (head.text("access-control-request-headers") ?? "").split(separator: ",").compactMap {
            part in
            let name = part.drop { $0 == " " || $0 == "\t" }
            let end = name.lastIndex { $0 != " " && $0 != "\t" }
            return end.map { String(name[...$0]) }
        }
    }
}

extension Front {
    /// Nil where the request is not of this kind; most are not.
    func crossOriginRequest(_ head: RequestHead) -> CrossOriginRequest? {
        guard crossOrigin != nil, head.matches(head.method, "OPTIONS") || head.count(of: "origin") > 0,
            case .service(let route) = routing(head)
        else { return nil }
        return CrossOriginRequest(head, route)
    }

    /// The answer to a preflight. Nobody has to sign one, and nothing but the rules is told.
    func preflight(_ request: CrossOriginRequest, _ notes: RequestNotes?) -> Response {
        let identity = identity(isS3: true)
        notes?.began(identity)
        var response: Response
        do {
            let lines = try gate.store.read { snapshot in try crossOrigin?.preflight(request, in: snapshot) ?? [] }
            response = Response(status: 200)
            for line in lines { response.header.add(name: line.name, line.value) }
            response.header.add("x-amz-request-id", identity.requestID)
            response.header.add("x-amz-id-2", identity.hostID)
        } catch let refusal as any ServiceError {
            notes?.failed(refusal.code)
            response = Codec(.nameless(.restXML)).encode(error: refusal, identity)
        } catch {
            world.log(.error, "a preflight failed", ["requestId": identity.requestID, "error": "\(error)"])
            response = Codec(.nameless(.restXML)).encode(error: Failure.internalFailure, identity)
        }
        counters.count(service: "s3", operation: "Preflight", status: response.status)
        return response
    }

    /// The answer with what lets a browser show it. Without it, the browser keeps it from the page.
    func response(_ response: Response, for request: CrossOriginRequest) -> Response {
        var response = response
        do {
            let lines = try gate.store.read { snapshot in try crossOrigin?.lines(request, in: snapshot) ?? [] }
            for line in lines { response.header.add(name: line.name, line.value) }
        } catch {
            world.log(.error, "the rules for other origins were not found", ["error": "\(error)"])
        }
        return response
    }
}
