import Crypto
import Formats
import World

/// A client's proof that it holds the key its tokens are bound to: the `DPoP` header.
/// - Source: RFC 9449, sections 4.2 and 4.3; RFC 7638 for the thumbprint.
struct PossessionProof: Sendable {
    /// SHA-256 of the key, in Base64URL.
    let thumbprint: String
    /// Unique to each proof.
    let id: String

    /// Seconds that a proof may be old, or ahead.
    private static let leeway: Int64 = 300

    /// Nil where the proof is not good, or is for another request.
    init?(_ header: String, host: String, now: Instant) {
        let parts = header.split(separator: ".", omittingEmptySubsequences: false)
        guard header.utf8.count <= 4096, parts.count == 3, let head = Base64URL.decode(parts[0]),
            let body = Base64URL.decode(parts[1]), let signature = Base64URL.decode(parts[2]),
            let key = try? ProofKey(head), let claims = try? ProofClaims(body),
            PublicKey(on: .p256, x: key.x, y: key.y)?.verifies(
                signature, of: Array((parts[0] + "." + parts[1]).utf8), by: .es256) ?? false
        else { return nil }
        guard claims.method == "POST", PossessionProof.isHere(claims.uri, host),
            abs(now.seconds - claims.issued) <= PossessionProof.leeway, (1...256).contains(claims.id.utf8.count)
        else { return nil }
        let canonical =
            #"{"crv":"P-256","kty":"EC","x":""# + Base64URL.encode(key.x) + #"","y":""# + Base64URL.encode(key.y)
            + #""}"#
        thumbprint = Base64URL.encode(SHA256.hash(Array(canonical.utf8)))
        id = claims.id
    }

    /// Whether the address is this server's token endpoint, by the name it was asked under.
    private static func isHere(_ uri: String, _ host: String) -> Bool {
        ["http://", "https://"].contains { uri.lowercased() == $0 + host.lowercased() + "/v1/token" }
    }
}

/// The key in a proof's header.
private struct ProofKey {
    let x, y: [UInt8]

    private struct Malformed: Error {}

    init(_ bytes: [UInt8]) throws {
        var json = JSONReader(bytes, depthLimit: 3)
        var (type, algorithm): (String?, String?)
        var members: [String: String] = [:]
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "typ": type = try json.readString()
            case "alg": algorithm = try json.readString()
            case "jwk":
                try json.beginObject()
                while let name = try json.nextKey() { members[name] = try json.readString() }
            default: throw Malformed()
            }
        }
        try json.finish()
        // A private key has no place in a proof.
        guard type == "dpop+jwt", algorithm == "ES256", members["kty"] == "EC", members["crv"] == "P-256",
            members["d"] == nil, let x = members["x"].flatMap({ Base64URL.decode($0) }),
            let y = members["y"].flatMap({ Base64URL.decode($0) })
        else { throw Malformed() }
        (self.x, self.y) = (x, y)
    }
}

/// What a proof claims.
private struct ProofClaims {
    let method, uri, id: String
    let issued: Int64

    private struct Malformed: Error {}

    init(_ bytes: [UInt8]) throws {
        var json = JSONReader(bytes, depthLimit: 2)
        var (method, uri, id, issued): (String?, String?, String?, Int64?)
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "htm": method = try json.readString()
            case "htu": uri = try json.readString()
            case "jti": id = try json.readString()
            case "iat": issued = try json.readInt64()
            default: throw Malformed()
            }
        }
        try json.finish()
        guard let method, let uri, let id, let issued else { throw Malformed() }
        (self.method, self.uri, self.id, self.issued) = (method, uri, id, issued)
    }
}
