public import AWS
public import World

/// Who sent a request, and how that was proved.
public final class Caller: Sendable {
    public enum Method: Sendable, Hashable {
        /// The `Authorization` header; `s3:authType` is `REST-HEADER`.
        case header
        /// A presigned request; `s3:authType` is `REST-QUERY-STRING`.
        case query
        case anonymous
    }

    public let principal: Principal
    /// Nil for anonymous callers.
    public let credential: Credential?
    public let method: Method
    /// When the request was signed, by the client's clock; nil for anonymous callers.
    public let signed: Instant?
    /// How long ago, by the machine's clock, in milliseconds: `s3:signatureAge`. Negative if the client's clock is ahead.
    public let signatureAge: Int64?
    private let signedHeaderList: ArraySlice<UInt8>

    init(
        principal: Principal, credential: Credential?, method: Method, signed: Instant?, signatureAge: Int64?,
        signedHeaderList: ArraySlice<UInt8>
    ) {
        (self.principal, self.credential, self.method) = (principal, credential, method)
        (self.signed, self.signatureAge, self.signedHeaderList) = (signed, signatureAge, signedHeaderList)
    }

    /// Names as listed; empty for anonymous callers. Made when asked for.
    public var signedHeaders: [String] {
        signedHeaderList.split(separator: UInt8(ascii: ";")).map { String(decoding: $0, as: UTF8.self) }
    }

    public var accessKeyID: String? { credential?.accessKeyID }
    public var session: SessionFacts? { credential?.session }
    public var isAnonymous: Bool { method == .anonymous }

    /// A caller without a signature.
    public static let anonymous = Caller(
        principal: .anonymous, credential: nil, method: .anonymous, signed: nil, signatureAge: nil,
        signedHeaderList: [])
}
