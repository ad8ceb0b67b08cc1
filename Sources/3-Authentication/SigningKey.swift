import Crypto
import World

/// A key for one day, Region and service, derived from a secret.
final class SigningKey: Sendable {
    private let bytes: SecretBytes

    /// - Source: IAM User Guide, "Create a signed AWS API request", step 4.
    init(secret: borrowing SecretBytes, scope: CredentialScope) {
        let start = secret.prefixed(by: Array("AWS4".utf8))
        var dateKey = HMACSHA256.authenticate(Array(scope.date), key: start)
        var regionKey = HMACSHA256.authenticate(Array(scope.region), key: dateKey)
        var serviceKey = HMACSHA256.authenticate(Array(scope.service), key: regionKey)
        var key = HMACSHA256.authenticate(Array(scope.terminator), key: serviceKey)
        bytes = SecretBytes(taking: &key)
        dateKey.zero()
        regionKey.zero()
        serviceKey.zero()
    }

    func sign(_ text: [UInt8]) -> [UInt8] { HMACSHA256.authenticate(text, key: bytes) }
}

/// Derived keys, kept by key id, version of the secret, and scope. Bounded: when full it begins anew.
final class SigningKeyCache: Sendable {
    struct Name: Hashable {
        let credential: ArraySlice<UInt8>
        let version: UInt64

        static func == (left: Name, right: Name) -> Bool {
            left.version == right.version && left.credential.span.holdsSame(as: right.credential.span)
        }

        /// One number for all bytes: a slice would feed them singly. Who could look for collisions needs a valid key.
        func hash(into hasher: inout Hasher) {
            hasher.combine(version)
            hasher.combine(credential.span.fingerprint)
        }
    }

    static let capacity = 4096
    private let keys = ThreadShards<[Name: SigningKey]>([:])

    func key(for credential: Credential, _ scope: CredentialScope) -> SigningKey {
        let name = Name(credential: scope.whole, version: credential.version)
        if let known = keys.withLock({ $0[name] }) { return known }
        let made = SigningKey(secret: credential.secret, scope: scope)
        // A copy of its own: the slice would keep the whole request alive.
        let kept = Name(credential: Array(scope.whole)[...], version: credential.version)
        keys.withLock { keys in
            if keys.count >= SigningKeyCache.capacity { keys.removeAll(keepingCapacity: true) }
            keys[kept] = made
        }
        return made
    }
}
