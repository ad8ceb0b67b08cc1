import HTTP
import World

/// What a signed request says of its own signature, from the header or the query; nothing of it is proved yet.
final class SignatureClaim: Sendable {
    static let algorithm = Array("AWS4-HMAC-SHA256".utf8)

    let method: Caller.Method
    let credential: CredentialScope
    /// Names, separated by semicolons, as sent.
    let signedHeaders: ArraySlice<UInt8>
    /// Hexadecimal, as sent.
    let signature: ArraySlice<UInt8>
    /// `20260102T030405Z`.
    let time: ArraySlice<UInt8>
    let instant: Instant
    /// Seconds a presigned request lives; nil for the header.
    let lifetime: Int64?
    let sessionToken: [UInt8]?

    init(
        method: Caller.Method, credential: CredentialScope, signedHeaders: ArraySlice<UInt8>,
        signature: ArraySlice<UInt8>, time: ArraySlice<UInt8>, instant: Instant, lifetime: Int64?,
        sessionToken: [UInt8]?
    ) {
        (self.method, self.credential, self.signedHeaders) = (method, credential, signedHeaders)
        (self.signature, self.time, self.instant) = (signature, time, instant)
        (self.lifetime, self.sessionToken) = (lifetime, sessionToken)
    }
}

/// The credential of a claim: `KEY/20260102/us-east-1/iam/aws4_request`.
struct CredentialScope {
    let whole: ArraySlice<UInt8>
    /// The places of the slashes, as indices of `whole`.
    private let slashes: (Int, Int, Int, Int)

    /// Nil unless there are five parts and a key.
    init?(_ text: ArraySlice<UInt8>) {
        let bytes = text.span
        func slash(after place: Int) -> Int? { bytes.firstIndex(of: UInt8(ascii: "/"), in: place + 1..<bytes.count) }
        guard let first = slash(after: -1), first > 0, let second = slash(after: first),
            let third = slash(after: second), let fourth = slash(after: third), slash(after: fourth) == nil
        else { return nil }
        whole = text
        let start = text.startIndex
        slashes = (start + first, start + second, start + third, start + fourth)
    }

    var accessKeyID: ArraySlice<UInt8> { whole[..<slashes.0] }
    var date: ArraySlice<UInt8> { whole[(slashes.0 + 1)..<slashes.1] }
    var region: ArraySlice<UInt8> { whole[(slashes.1 + 1)..<slashes.2] }
    var service: ArraySlice<UInt8> { whole[(slashes.2 + 1)..<slashes.3] }
    var terminator: ArraySlice<UInt8> { whole[(slashes.3 + 1)...] }
    /// From the date to the terminator.
    var scope: ArraySlice<UInt8> { whole[(slashes.0 + 1)...] }
}
