public import Crypto
import Formats

/// The keys a provider signs with.
/// - Source: RFC 7517; RFC 7518, section 6.
public struct JSONWebKeySet: Sendable {
    struct Key: Sendable {
        let id: String?
        /// The one algorithm it is for, where the provider says so.
        let algorithm: String?
        let key: PublicKey
    }
    let keys: [Key]

    /// Not a set of keys.
    public struct Malformed: Error {}

    /// Keys we do not take are passed over: other uses, secret and private ones, kinds we do not know.
    static let limit = 100

    public init(_ json: [UInt8]) throws(Malformed) {
        guard let members = try? Claim.members(json), case .list(let list) = members["keys"], list.count <= Self.limit
        else { throw Malformed() }
        keys = list.compactMap { entry in
            guard case .object(let members) = entry else { return nil }
            return JSONWebKeySet.key(members)
        }
    }

    private static func key(_ members: [String: Claim]) -> Key? {
        guard members["use"]?.text ?? "sig" == "sig", members["d"] == nil,
            members["key_ops"]?.texts?.contains("verify") ?? true
        else { return nil }
        func bytes(_ name: String) -> [UInt8]? { members[name]?.text.flatMap { Base64URL.decode($0.utf8) } }
        let made: PublicKey?
        switch members["kty"]?.text {
        case "RSA":
            guard let modulus = bytes("n"), let exponent = bytes("e") else { return nil }
            made = PublicKey(modulus: modulus, exponent: exponent)
        case "EC":
            guard let curve = members["crv"]?.text.flatMap(EllipticCurve.init(rawValue:)), let x = bytes("x"),
                let y = bytes("y")
            else { return nil }
            made = PublicKey(on: curve, x: x, y: y)
        default: return nil
        }
        return made.map { Key(id: members["kid"]?.text, algorithm: members["alg"]?.text, key: $0) }
    }

    /// Whether there is a key that the token could mean.
    public func knows(_ token: JSONWebToken) -> Bool { !candidates(token).isEmpty }

    /// Whether a key that the token means signed it.
    public func signed(_ token: JSONWebToken) -> Bool { candidates(token).contains { token.isSigned(by: $0.key) } }

    /// By `kid`, which is compared and used for nothing else. A token without one may mean any key.
    private func candidates(_ token: JSONWebToken) -> [Key] {
        keys.filter { key in
            (token.keyID == nil || key.id == token.keyID)
                && (key.algorithm ?? token.algorithm.rawValue)
                    == token.algorithm.rawValue
        }
    }
}

extension JSONWebKeySet {
    /// The public half of a key of ours, as a set lists it: JSON.
    public static func shown(_ key: PrivateKey, _ algorithm: SignatureAlgorithm, keyID: String) throws -> String {
        var json = JSONWriter()
        json.beginObject()
        json.member("kid", keyID)
        json.member("use", "sig")
        json.member("alg", algorithm.rawValue)
        if let curve = algorithm.curve {
            let (x, y) = try key.coordinates(on: curve)
            json.member("kty", "EC")
            json.member("crv", curve.rawValue)
            json.member("x", Base64URL.encode(x))
            json.member("y", Base64URL.encode(y))
        } else {
            let (modulus, exponent) = try key.rsaNumbers()
            json.member("kty", "RSA")
            json.member("n", Base64URL.encode(modulus))
            json.member("e", Base64URL.encode(exponent))
        }
        json.endObject()
        return json.text
    }
}
