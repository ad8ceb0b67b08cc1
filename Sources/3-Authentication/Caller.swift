public import AWS
public import World

/// Who sent a request, and how that was proved.
public final class Caller: Sendable {
    public enum Method: Sendable, Hashable {
        /// The `Authorization` header; `s3:authType` is `REST-HEADER`.
        case header
        /// A presigned request; `s3:authType` is `REST-QUERY-STRING`.
        case query
        /// A form with a signed policy; `s3:authType` is `POST`.
        case form
        case anonymous
        /// A sign-in in place of a signature; no request to S3 is made like that.
        case signIn
    }

    /// The way a signature was calculated.
    public enum SignatureVersion: Sendable, Hashable {
        /// HMAC-SHA1 over a link to S3; `s3:signatureversion` is `AWS`.
        case version2
        /// `s3:signatureversion` is `AWS4-HMAC-SHA256`.
        case version4
    }

    public let principal: Principal
    /// Nil for anonymous callers.
    public let credential: Credential?
    public let method: Method
    /// Nil for anonymous callers.
    public let signatureVersion: SignatureVersion?
    /// When the request was signed, by the client's clock; nil for anonymous callers and Version 2, which does not tell.
    public let signed: Instant?
    /// How long ago, by the machine's clock, in milliseconds: `s3:signatureAge`. Negative if the client's clock is ahead;
    /// nil where `signed` is.
    public let signatureAge: Int64?
    private let signedHeaderList: ArraySlice<UInt8>

    init(
        principal: Principal, credential: Credential?, method: Method, signatureVersion: SignatureVersion?,
        signed: Instant?, signatureAge: Int64?, signedHeaderList: ArraySlice<UInt8>
    ) {
        self.signatureVersion = signatureVersion
        (self.principal, self.credential, self.method) = (principal, credential, method)
        (self.signed, self.signatureAge, self.signedHeaderList) = (signed, signatureAge, signedHeaderList)
    }

    /// Names as listed; empty for anonymous callers and Version 2. Made when asked for.
    public var signedHeaders: [String] {
        signedHeaderList.split(separator: UInt8(ascii: ";")).map { String(decoding: $0, as: UTF8.self) }
    }

    public var accessKeyID: String? { credential?.accessKeyID }
    public var session: SessionFacts? { credential?.session }
    public var isAnonymous: Bool { method == .anonymous }

    /// A caller whose token or assertion was verified, in place of a signature.
    public static func bearer(_ principal: BearerPrincipal) -> Caller {
        Caller(
            principal: .bearer(principal), credential: nil, method: .anonymous, signatureVersion: nil, signed: nil,
            signatureAge: nil, signedHeaderList: [])
    }

    /// An AWS service that calls another in its own name: part of this server, so that nothing need be proved.
    public static func service(_ name: String) -> Caller {
        Caller(
            principal: .service(name), credential: nil, method: .anonymous, signatureVersion: nil, signed: nil,
            signatureAge: nil, signedHeaderList: [])
    }

    /// A caller who signed in: the house calls in its name, without a signature.
    public static func signedIn(_ credential: Credential) -> Caller {
        Caller(
            principal: credential.principal, credential: credential, method: .signIn, signatureVersion: nil,
            signed: nil,
            signatureAge: nil, signedHeaderList: [])
    }

    /// A caller without a signature.
    public static let anonymous = Caller(
        principal: .anonymous, credential: nil, method: .anonymous, signatureVersion: nil, signed: nil,
        signatureAge: nil, signedHeaderList: [])
}
