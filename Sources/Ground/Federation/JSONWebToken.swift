public import Crypto
import Formats

/// A signed token that was read, and not yet checked.
///
/// The compact form: header, payload and signature, each in base64 and with points between. What a header says of keys
/// (`jku`, `jwk`, `x5u`, `x5c`) is never used: keys come from the provider alone.
/// - Source: RFC 7515, section 7.1; RFC 7519; RFC 8725 for what is refused.
public struct JSONWebToken: Sendable {
    /// Why it was not read.
    public enum Refusal: Error, Hashable, Sendable {
        case malformed
        /// `none`, a keyed hash, or an algorithm we do not know.
        case algorithm
        /// The header asks for what we do not know (`crit`), or for another form of token.
        case extended
    }

    /// `alg`.
    public let algorithm: SignatureAlgorithm
    /// `kid`: which of the provider's keys signed.
    public let keyID: String?
    /// The payload.
    public let claims: [String: Claim]
    let signed: [UInt8]
    let signature: [UInt8]

    /// Longer than any token that fits a request.
    private static let limit = 20_000

    /// Reads the compact form.
    public init(_ text: String) throws(Refusal) {
        let bytes = Array(text.utf8)
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard bytes.count <= JSONWebToken.limit, parts.count == 3, let header = Base64URL.decode(parts[0]),
            let payload = Base64URL.decode(parts[1]), let signature = Base64URL.decode(parts[2])
        else { throw .malformed }
        let head: [String: Claim]
        do { (head, claims) = (try Claim.members(header), try Claim.members(payload)) } catch { throw .malformed }
        guard let name = head["alg"]?.text, let algorithm = SignatureAlgorithm(rawValue: name) else { throw .algorithm }
        guard head["crit"] == nil, head["b64"] == nil, head["zip"] == nil, head["enc"] == nil else { throw .extended }
        if let keyID = head["kid"] {
            guard let text = keyID.text else { throw .malformed }
            self.keyID = text
        } else {
            keyID = nil
        }
        (self.algorithm, self.signature) = (algorithm, signature)
        signed = Array(bytes[..<parts[1].endIndex])
    }

    /// Whether the key signed this.
    public func isSigned(by key: PublicKey) -> Bool { key.verifies(signature, of: signed, by: algorithm) }
}

extension JSONWebToken {
    /// A token of ours. - Parameter claims: a JSON object.
    public static func signed(
        _ claims: [UInt8], by key: PrivateKey, _ algorithm: SignatureAlgorithm, keyID: String
    ) throws -> String {
        var header = JSONWriter()
        header.beginObject()
        header.member("kid", keyID)
        header.member("typ", "JWT")
        header.member("alg", algorithm.rawValue)
        header.endObject()
        let signed = Base64URL.encode(header.bytes) + "." + Base64URL.encode(claims)
        return signed + "." + Base64URL.encode(try key.signature(of: Array(signed.utf8), by: algorithm))
    }
}
