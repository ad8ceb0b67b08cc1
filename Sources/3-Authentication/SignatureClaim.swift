import HTTP
import World

/// What a signed request says of its own signature, from the header or the query; nothing of it is proved yet.
struct SignatureClaim {
    static let algorithm = Array("AWS4-HMAC-SHA256".utf8)

    let method: Caller.Method
    let credential: CredentialScope
    /// Names, separated by semicolons, as sent.
    let signedHeaders: ArraySlice<UInt8>
    /// Hexadecimal, as sent.
    let signature: ArraySlice<UInt8>
    /// `20260102T030405Z`.
    let time: [UInt8]
    let instant: Instant
    /// Seconds a presigned request lives; nil for the header.
    let lifetime: Int64?
    let sessionToken: [UInt8]?
}

/// The credential of a claim: `KEY/20260102/us-east-1/iam/aws4_request`.
struct CredentialScope {
    let accessKeyID: ArraySlice<UInt8>
    let date: ArraySlice<UInt8>
    let region: ArraySlice<UInt8>
    let service: ArraySlice<UInt8>
    let terminator: ArraySlice<UInt8>
    /// From the date to the terminator.
    let scope: ArraySlice<UInt8>
    let whole: ArraySlice<UInt8>

    /// Nil unless there are five parts and a key.
    init?(_ text: ArraySlice<UInt8>) {
        guard let first = text.firstIndex(of: CredentialScope.slash), first > text.startIndex,
            let second = text[(first + 1)...].firstIndex(of: CredentialScope.slash),
            let third = text[(second + 1)...].firstIndex(of: CredentialScope.slash),
            let fourth = text[(third + 1)...].firstIndex(of: CredentialScope.slash),
            text[(fourth + 1)...].firstIndex(of: CredentialScope.slash) == nil
        else { return nil }
        accessKeyID = text[..<first]
        date = text[(first + 1)..<second]
        region = text[(second + 1)..<third]
        service = text[(third + 1)..<fourth]
        terminator = text[(fourth + 1)...]
        scope = text[date.startIndex...]
        whole = text
    }

    private static let slash = UInt8(ascii: "/")
}
