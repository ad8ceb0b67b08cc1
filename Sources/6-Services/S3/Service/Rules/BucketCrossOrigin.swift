public import Door
import S3API
public import Smithy
public import Storage

/// What buckets say to browsers that call them from pages of other origins.
///
/// A preflight is answered by the bucket's rules alone: it bears no signature and reads nothing of the bucket. What the
/// rules allow is only that the browser sends the request and shows its answer; the policies decide on it as on any other.
/// - Source: S3 User Guide, "Using cross-origin resource sharing (CORS)" and "Appendix: OPTIONS object"; codes and words as
///   S3 was seen to answer (LocalStack's validated tests, `test_s3_cors.py`).
public struct BucketCrossOrigin: CrossOriginRules {
    public init() {}

    public func preflight(_ request: CrossOriginRequest, in snapshot: borrowing Snapshot) throws -> [ErrorField] {
        guard let origin = request.origin else {
            throw S3.BadRequest(message: "Insufficient information. Origin request header needed.")
        }
        guard let rules = try CORSRules.find(ofBucket: request.bucket, snapshot) else {
            throw forbidden("Bucket not found", request, "BUCKET")
        }
        guard !rules.rules.isEmpty else { throw forbidden("CORS is not enabled for this bucket.", request, "BUCKET") }
        guard let method = request.requestedMethod, CORSRules.methods.contains(method) else {
            throw S3.BadRequest(
                message: "Invalid Access-Control-Request-Method: \(request.requestedMethod ?? "null")")
        }
        guard let lines = rules.answer(origin: origin, method: method, headers: request.requestedHeaders) else {
            throw forbidden(
                "This CORS request is not allowed. This is usually because the evalution of Origin, request method / "
                    + "Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the "
                    + "resource's CORS spec.", request, request.isOnObject ? "OBJECT" : "BUCKET")
        }
        return lines
    }

    /// A browser that says what it asked leave for is answered for that.
    public func lines(_ request: CrossOriginRequest, in snapshot: borrowing Snapshot) throws -> [ErrorField] {
        guard let origin = request.origin else { return [] }
        return try CORSRules.find(ofBucket: request.bucket, snapshot)?.answer(
            origin: origin, method: request.requestedMethod ?? request.method, headers: request.requestedHeaders) ?? []
    }

    private func forbidden(_ why: String, _ request: CrossOriginRequest, _ type: String) -> S3.AccessForbidden {
        S3.AccessForbidden(
            message: "CORSResponse: " + why,
            fields: [.init("Method", request.requestedMethod ?? request.method), .init("ResourceType", type)])
    }
}
