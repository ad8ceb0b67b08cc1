import CFIDO2
import Crypto

/// A FIDO security key as the server knows it: its public half, and how often it was used.
///
/// libfido2 checks what authenticators sign; here is only what browsers say.
/// - Source: Web Authentication Level 2, sections 7.1 and 7.2.
public struct SecurityKey: Sendable, Hashable {
    public let id: [UInt8]
    /// A number of COSE's register: ES256 (-7), EdDSA (-8) or RS256 (-257).
    public let algorithm: Int
    /// As libfido2 keeps keys of the algorithm.
    public let publicKey: [UInt8]
    /// Of the last use; 0 from authenticators that do not count.
    public let counter: UInt32
    /// The model of the authenticator; zeros where it does not tell.
    public let model: [UInt8]

    /// A key read back from a store.
    public init(id: [UInt8], algorithm: Int, publicKey: [UInt8], counter: UInt32, model: [UInt8]) {
        (self.id, self.algorithm, self.publicKey) = (id, algorithm, publicKey)
        (self.counter, self.model) = (counter, model)
    }

    /// The algorithms that are taken, the best first.
    public static let algorithms = [GH_FIDO_ES256, GH_FIDO_EDDSA, GH_FIDO_RS256].map { Int($0) }

    private static let present: UInt8 = 1
    private static let longest = 1 << 16

    /// A new key. Nil where it is for another host, nobody was present, or the attestation's signature is wrong; an
    /// authenticator need not attest anything.
    public init?(registering attestation: [UInt8], _ client: ClientData) {
        guard attestation.count <= SecurityKey.longest, let object = AttestationObject(attestation),
            object.data.count > 37, Array(object.data.prefix(32)) == SHA256.hash(Array(client.host.utf8)),
            object.data[32] & SecurityKey.present != 0, object.format != "none" || object.statement == [0xA0]
        else { return nil }
        let hash = SHA256.hash(client.bytes)
        var found = gh_fido_credential()
        // The key itself says which algorithm it is of: libfido2 refuses it under any other.
        let algorithm = SecurityKey.algorithms.first { algorithm in
            gh_fido_register(
                Int32(algorithm), client.host, object.format, object.statement, object.statement.count, object.data,
                object.data.count, hash, &found) == 0
        }
        guard let algorithm else { return nil }
        // The arrays of the C structure hold as many bytes as it says.
        let (idCount, keyCount) = (found.id_count, found.key_count)
        let id = withUnsafeBytes(of: &found.id) { Array($0.prefix(idCount)) }
        let key = withUnsafeBytes(of: &found.key) { Array($0.prefix(keyCount)) }
        let model = withUnsafeBytes(of: &found.aaguid) { Array($0) }
        self.init(
            id: id, algorithm: algorithm,
            publicKey: key, counter: found.counter,
            model: model)
    }

    /// The counter after a use of the key. Nil where the key did not sign it, it is for another host, nobody was present, or
    /// the counter did not grow: then a copy of the key is about.
    public func counter(asserting data: [UInt8], _ signature: [UInt8], _ client: ClientData) -> UInt32? {
        guard data.count <= SecurityKey.longest, signature.count <= SecurityKey.longest else { return nil }
        let hash = SHA256.hash(client.bytes)
        var found: UInt32 = 0
        let error = gh_fido_assert(
            Int32(algorithm), publicKey, publicKey.count, client.host, data, data.count, hash, signature,
            signature.count, &found)
        guard error == 0, found > counter || found == 0 && counter == 0 else { return nil }
        return found
    }
}
