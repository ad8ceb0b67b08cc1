import Crypto
import Federation
import Formats

/// An OpenID Connect provider of the tests' own: two keys, and tokens that say whatever a test wants.
struct TokenForge {
    let rsa, other: PrivateKey
    let ec: PrivateKey

    private static let one = Result { try TokenForge() }

    /// One for all tests: making keys takes a while.
    static func shared() throws -> TokenForge { try one.get() }

    private init() throws {
        (rsa, other, ec) = (try PrivateKey(.rsa2048), try PrivateKey(.rsa2048), try PrivateKey(.p384))
    }

    /// Both keys that the provider shows; `other` is a stranger's.
    func keys() throws -> JSONWebKeySet {
        let shown = [
            try JSONWebKeySet.shown(rsa, .rs256, keyID: "first"), try JSONWebKeySet.shown(ec, .es384, keyID: "second"),
        ]
        return try JSONWebKeySet(Array("{\"keys\":[\(shown.joined(separator: ","))]}".utf8))
    }

    /// A token as the provider would make it, but for its header and its payload.
    func token(
        _ payload: String = #"{"sub":"alice"}"#, header: String = #"{"alg":"RS256","kid":"first"}"#,
        by key: PrivateKey? = nil, _ algorithm: SignatureAlgorithm = .rs256
    ) throws -> String {
        let content = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(payload.utf8))
        let signature = try (key ?? rsa).signature(of: Array(content.utf8), by: algorithm)
        return content + "." + Base64URL.encode(signature)
    }
}

/// Why a text is no token; nil where it is one.
func refusal(_ text: String) -> JSONWebToken.Refusal? {
    do throws(JSONWebToken.Refusal) {
        _ = try JSONWebToken(text)
        return nil
    } catch { return error }
}
