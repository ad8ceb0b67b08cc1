import Crypto
import HTTP
import World

/// What is signed: the request in its canonical form, and the text made of its hash.
/// - Source: IAM User Guide, "Create a signed AWS API request", steps 1 to 3.
enum CanonicalRequest {
    /// Method, path, query, headers, their names and the payload's hash, a line each.
    /// - Parameter payloadHash: hexadecimal, or a word such as `UNSIGNED-PAYLOAD`.
    static func bytes(
        head: RequestHead, target: RequestTarget, query: CanonicalQuery, claim: SignatureClaim, isS3: Bool,
        payloadHash: [UInt8]
    ) -> [UInt8] {
        let raw = head.raw
        var canonical: [UInt8] = []
        canonical.reserveCapacity(raw.count + 256)
        canonical.append(copying: raw.span.extracting(head.method))
        canonical.append(newline)
        if isS3 {
            CanonicalPath.appendS3(target.path, to: &canonical)
        } else {
            CanonicalPath.appendNormalized(target.path, to: &canonical)
        }
        canonical.append(newline)
        query.appendSorted(to: &canonical, without: claim.method == .query ? "X-Amz-Signature" : nil)
        canonical.append(newline)
        let names = CanonicalHeaders.lowered(claim.signedHeaders)
        CanonicalHeaders.append(names, of: head, to: &canonical)
        canonical.append(newline)
        canonical.append(copying: names.span)
        canonical.append(newline)
        canonical.append(copying: payloadHash.span)
        return canonical
    }

    /// Algorithm, time, scope and the hash of the canonical request.
    static func stringToSign(_ canonical: [UInt8], time: ArraySlice<UInt8>, scope: ArraySlice<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(160)
        let algorithm = SignatureClaim.algorithm
        text.append(copying: algorithm.span)
        text.append(newline)
        text.append(copying: time.span)
        text.append(newline)
        text.append(copying: scope.span)
        text.append(newline)
        SHA256.appendHexadecimal(of: canonical, to: &text)
        return text
    }

    private static let newline = UInt8(ascii: "\n")
}
