import HTTP
import Smithy

/// Finds what a REST request says beyond its operation's input: it would otherwise be silently ignored.
struct UnknownParameters {
    let parameters: RESTParameters
    let operation: OperationModel
    let schema: Schema

    /// Query parameters, and `x-amz-` headers, that no member takes and that are no part of signing or of the SDKs' own.
    func names() -> [String] {
        let query = parameters.route.query
        let inQuery = query.parameters.map { query.name($0) }.filter { !isTakenFromQuery($0) }
        let inHeader = parameters.head.fields.map { parameters.head.bytes($0.name) }.filter {
            RESTParameters.isAmazon($0) && !isTakenFromHeader($0)
        }
        return (inQuery + inHeader).prefix(16).map { String(decoding: $0.prefix(128), as: UTF8.self) }
    }

    private static let signing: [[UInt8]] = [
        "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-signedheaders", "x-amz-signature",
        "x-amz-security-token", "x-amz-content-sha256", "x-amz-user-agent", "x-amz-decoded-content-length",
        "x-amz-trailer", "x-amz-te", "x-amz-id-2", "x-amz-sdk-invocation-id", "x-amz-sdk-request",
        "x-amz-sdk-checksum-algorithm", "x-amz-region-set",
    ].map { Array($0.utf8) }

    /// A link signed with Version 2 says besides what content type and content hash it was signed for.
    private static let version2 = ["AWSAccessKeyId", "Signature", "Expires", "content-type", "content-md5"].map {
        Array($0.utf8)
    }

    private var isVersion2: Bool { parameters.route.query.contains("AWSAccessKeyId") }

    private func isTakenFromQuery(_ name: ArraySlice<UInt8>) -> Bool {
        if isForS3, isCustom(name) || isOfRedirect(name) { return true }
        if isVersion2, UnknownParameters.version2.contains(where: { name.elementsEqual($0) }) { return true }
        if name.elementsEqual("x-id".utf8)
            || URITemplate(operation.uri).markers.contains(where: { name.elementsEqual($0.name) })
        {
            return true
        }
        if schema.members.contains(where: { $0.location == .query && name.elementsEqual($0.wireBytes) }) { return true }
        return RESTParameters.isAmazon(name) && isTakenFromHeader(name)
    }

    private var isForS3: Bool { operation.service.name == "s3" }

    /// What a caller writes for those who read the bucket's access log; to S3 it says nothing. `x-amz-` is S3's own.
    /// - Source: S3 User Guide, "Amazon S3 server access log format", "Custom access log information".
    private func isCustom(_ name: ArraySlice<UInt8>) -> Bool {
        name.starts(with: "x-".utf8) && !RESTParameters.isAmazon(name)
    }

    /// What S3 itself writes behind a form's `success_action_redirect`, which may lead to the bucket itself.
    /// - Source: S3 API Reference, "POST Object", `success_action_redirect`.
    private func isOfRedirect(_ name: ArraySlice<UInt8>) -> Bool {
        let told = ["bucket", "key", "etag"]
        return operation.name == "ListObjects" && told.contains { name.elementsEqual($0.utf8) }
            && told.allSatisfy { parameters.route.query.contains($0) }
    }

    private func isTakenFromHeader(_ name: ArraySlice<UInt8>) -> Bool {
        if UnknownParameters.signing.contains(where: { RESTParameters.isSame(name, $0[...]) }) { return true }
        if operation.checksum != nil, RESTParameters.isSame(name.prefix(15), Array("x-amz-checksum-".utf8)[...]) {
            return true
        }
        return schema.members.contains { member in
            switch member.location {
            case .header: RESTParameters.isSame(name, member.wireBytes[...])
            case .headers: RESTParameters.isSame(name.prefix(member.wireBytes.count), member.wireBytes[...])
            default: false
            }
        }
    }
}
