import CPKCS11
public import Crypto
import World

/// Keys that live in a token while they are used, and wrapped under its root the rest of the time.
///
/// A wrapped key is version (3), the beginning of the root's id (8), the key wrapped by the token (RFC 5649), and an
/// HMAC-SHA-256, made by the token too, of all that, kind and binding: so that a key of one owner is of no use to another. In
/// version 2, which is no longer written, the root's id was not there. To be used it is unwrapped
/// inside the token, as an object that cannot be extracted, and stays there for a while. Every call waits for the token.
public final class TokenKeys: Sendable {
    /// What they are wrapped under.
    public let root: TokenRoot
    /// What the token can do.
    let abilities: Abilities
    /// Kinds that its list of mechanisms promises, and that it cannot wrap all the same, or not on this curve.
    private let broken = Lock<Set<KeyMaterialKind>>([])
    private let wrapping: Mechanism
    private let objects: BoundedCache<Bound, TokenObject>

    /// What a key wrapped under this root begins with.
    public let start: [UInt8]

    private static let (version, untagged): (UInt8, UInt8) = (3, 2)
    private static let tagByteCount = 8
    private static let macBytes = 32

    /// A key and what it is bound to.
    public struct Bound: Hashable, Sendable {
        /// As `generate` gave it.
        public let wrapped: [UInt8]
        /// What it is, and whose.
        public let kind: KeyMaterialKind
        public let binding: [UInt8]

        /// A key as it was stored.
        public init(_ wrapped: [UInt8], _ kind: KeyMaterialKind, binding: [UInt8]) {
            (self.wrapped, self.kind, self.binding) = (wrapped, kind, binding)
        }

        /// By the wrapped bytes alone, whose end is a MAC.
        public func hash(into hasher: inout Hasher) {
            wrapped.suffix(16).withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    /// - Parameters:
    ///   - limit: how many keys stay unwrapped in the token.
    ///   - makesKeys: false for a root that keys are only taken from, and that may be gone already.
    /// - Throws: `.setup` where the token cannot wrap keys, or does not open what it sealed.
    public init(_ root: TokenRoot, limit: Int, makesKeys: Bool = true) throws(PKCS11Error) {
        start = [TokenKeys.version] + root.id.prefix(TokenKeys.tagByteCount)
        abilities = try root.token.abilities()
        guard let wrapping = abilities.wrapping else {
            throw .setup(
                "\(root.token.settings.choice) offers no AES key wrap with padding, and cannot keep keys of KMS.")
        }
        (self.root, self.wrapping) = (root, wrapping)
        objects = BoundedCache(limit: limit)
        guard makesKeys else { return }
        for kind in [KeyPairKind.secp256k1, .ed25519] where abilities.has(.pair(kind)) {
            do { _ = try generate(.pair(kind), binding: []) } catch {
                // Whatever the token says to it, it does not make such keys; only a loss is another matter.
                switch error {
                case .unsupported, .refused, .notOurs, .unopened: broken.withLock { _ = $0.insert(.pair(kind)) }
                case .setup, .unavailable, .busy, .lost, .garbled: throw error
                }
            }
        }
        try selfTest()
    }

    /// Tries what texts are sealed with, on a key that is gone afterwards.
    private func selfTest() throws(PKCS11Error) {
        let key = try generate(.aes256, binding: []).key
        defer { forget(key) }
        try root.token.settings.check { text, associated throws(PKCS11Error) in
            try seal(text, associated: associated, with: key)
        } open: { sealed, associated throws(PKCS11Error) in
            try open(sealed, associated: associated, with: key)
        }
    }

    /// Whether the key says that it is under this root, or says nothing of it.
    public func mayHold(_ wrapped: [UInt8]) -> Bool { wrapped.starts(with: start) || TokenKeys.isUntagged(wrapped) }
    /// Whether it is a token's and does not say under which root.
    public static func isUntagged(_ wrapped: [UInt8]) -> Bool { wrapped.first == untagged }

    /// Whether the token makes, keeps and uses keys of the kind. The rare ones were tried at the start.
    public func has(_ kind: KeyMaterialKind) -> Bool {
        abilities.has(kind) && !broken.withLock { $0.contains(kind) }
    }

    /// Whether the token signs with the algorithm.
    public func has(_ algorithm: SigningAlgorithm) -> Bool {
        abilities.has(algorithm) && (algorithm != .ed25519 || has(.pair(.ed25519)))
    }

    // MARK: Making

    /// A fresh key, made in the token; of a pair also SubjectPublicKeyInfo.
    public func generate(_ kind: KeyMaterialKind, binding: [UInt8]) throws(PKCS11Error)
        -> (key: Bound, publicKey: [UInt8]?)
    {
        guard has(kind) else { throw .unsupported("keys of this kind") }
        return try unsupportedNamed("keys of this kind") { () throws(PKCS11Error) in
            try root.use { lent, handles throws(PKCS11Error) in
                let session = lent.session
                guard case .pair(let pair) = kind else {
                    let key = try session.generate(
                        .plain(kind == .aes256 ? CKM_AES_KEY_GEN : CKM_GENERIC_SECRET_KEY_GEN),
                        KeyTemplates.secret(kind, isExtractable: true) + [.valueLength(kind.byteCount ?? 32)])
                    defer { session.destroy(key) }
                    return (try wrap(key, kind, binding, lent, handles), nil)
                }
                let made = try session.generatePair(
                    KeyTemplates.generation(pair), public: KeyTemplates.publicHalf(pair),
                    private: KeyTemplates.secret(kind, isExtractable: true))
                defer {
                    session.destroy(made.publicKey)
                    session.destroy(made.privateKey)
                }
                let info = try KeyTemplates.info(pair, made.publicKey, session)
                return (try wrap(made.privateKey, kind, binding, lent, handles), info)
            }
        }
    }

    /// Takes a key from outside: raw, or PKCS #8 of a pair. Pairs enter wrapped under a key of the moment.
    /// - Parameter material: checked to be of the kind.
    public func take(_ material: borrowing SecretBytes, as kind: KeyMaterialKind, binding: [UInt8]) throws(PKCS11Error)
        -> Bound
    {
        guard has(kind) else { throw .unsupported("keys of this kind") }
        let way = SecretBytes(randomCount: 32)
        let wrapped = AESKeyWrap.wrap(material, under: way) ?? []
        var bytes = kind.byteCount == nil ? way.bytesForToken() : material.bytesForToken()
        defer { bytes.zero() }
        return try unsupportedNamed("keys made elsewhere") { () throws(PKCS11Error) in
            try root.use { lent, handles throws(PKCS11Error) in
                let session = lent.session
                let template = KeyTemplates.secret(kind, isExtractable: true)
                guard kind.byteCount == nil else {
                    let key = try session.create(template + [.value(bytes)])
                    defer { session.destroy(key) }
                    return try wrap(key, kind, binding, lent, handles)
                }
                let opener = try session.create([
                    .objectClass(CKO_SECRET_KEY), .keyType(CKK_AES), .token(false), .isPrivate(true), .sensitive(true),
                    .may(.unwrap), .value(bytes),
                ])
                defer { session.destroy(opener) }
                let key = try session.unwrap(wrapped, under: opener, wrapping, template)
                defer { session.destroy(key) }
                return try wrap(key, kind, binding, lent, handles)
            }
        }
    }

    /// The same key for another binding, or under another root of the same token: it never leaves it.
    public func rewrap(_ key: Bound, under next: TokenKeys, binding: [UInt8]) throws(PKCS11Error) -> Bound {
        precondition(next.root.token === root.token, "a key is wrapped anew by the token that holds it")
        return try root.use { lent, handles throws(PKCS11Error) in
            let object = try unwrap(key, isExtractable: true, lent, handles)
            defer { lent.session.destroy(object) }
            return try next.wrap(object, key.kind, binding, lent, try next.root.handles(lent))
        }
    }

    /// The key for another token: wrapped with an AES key of the moment, and that with an RSA key of the other token.
    func send(_ key: Bound, modulus: [UInt8], exponent: [UInt8], _ padding: Mechanism) throws(PKCS11Error)
        -> (key: [UInt8], opener: [UInt8])
    {
        try root.use { lent, handles throws(PKCS11Error) in
            let session = lent.session
            let object = try unwrap(key, isExtractable: true, lent, handles)
            defer { session.destroy(object) }
            let wrapper = try session.create([
                .objectClass(CKO_PUBLIC_KEY), .keyType(CKK_RSA), .token(false), .isPrivate(false), .may(.wrap),
                .may(.encrypt), .modulus(modulus), .publicExponent(exponent),
            ])
            defer { session.destroy(wrapper) }
            let opener = try session.generate(
                .plain(CKM_AES_KEY_GEN),
                [
                    .token(false), .isPrivate(true), .sensitive(true), .extractable(true), .may(.wrap),
                    .may(.encrypt, false), .may(.decrypt, false), .valueLength(32),
                ])
            defer { session.destroy(opener) }
            return (
                try session.wrap(object, under: opener, wrapping), try session.wrap(opener, under: wrapper, padding)
            )
        }
    }

    /// What another token sent.
    func receive(
        _ sent: [UInt8], _ opener: [UInt8], as kind: KeyMaterialKind, _ binding: [UInt8],
        with pair: (privateKey: UInt, generation: Int), _ padding: Mechanism
    ) throws(PKCS11Error) -> Bound {
        try root.use { lent, handles throws(PKCS11Error) in
            guard lent.generation == pair.generation else {
                throw .unavailable(
                    "\(root.token.settings.choice) was opened anew in the midst of a key's way. Try again.")
            }
            let session = lent.session
            let way = try session.unwrap(
                opener, under: pair.privateKey, padding,
                [
                    .objectClass(CKO_SECRET_KEY), .keyType(CKK_AES), .token(false), .isPrivate(true), .sensitive(true),
                    .extractable(false), .may(.unwrap), .may(.encrypt, false), .may(.decrypt, false),
                ])
            defer { session.destroy(way) }
            let object = try session.unwrap(
                sent, under: way, wrapping, KeyTemplates.secret(kind, isExtractable: true))
            defer { session.destroy(object) }
            return try wrap(object, kind, binding, lent, handles)
        }
    }

    /// Bytes of the token's own generator.
    public func random(_ count: Int) throws(PKCS11Error) -> [UInt8] {
        try root.token.use { lent throws(PKCS11Error) in try lent.session.random(count) }
    }

    /// Drops the object that stands ready for a key.
    public func forget(_ key: Bound) { objects.remove(key) }

    // MARK: In the token

    /// Lends the key, unwrapped in the token.
    func use<Result>(
        _ key: Bound, _ body: (Token.Lent, UInt) throws(PKCS11Error) -> Result
    ) throws(PKCS11Error) -> Result {
        try root.use { lent, handles throws(PKCS11Error) in
            let object = try ready(key, lent, handles)
            defer { withExtendedLifetime(object) {} }
            return try body(lent, object.handle)
        }
    }

    private func ready(
        _ key: Bound, _ lent: Token.Lent, _ handles: TokenRoot.Handles
    ) throws(PKCS11Error) -> TokenObject {
        if let ready = objects[key], ready.generation == lent.generation { return ready }
        let handle = try unwrap(key, isExtractable: false, lent, handles)
        let object = TokenObject(handle, lent.generation, root.token)
        objects.insert(object, for: key)
        return object
    }

    /// The key as it is stored. It is unwrapped once before anybody relies on it: what a token garbles would be lost for ever.
    private func wrap(
        _ key: UInt, _ kind: KeyMaterialKind, _ binding: [UInt8], _ lent: Token.Lent, _ handles: TokenRoot.Handles
    ) throws(PKCS11Error) -> Bound {
        let wrapped = start + (try lent.session.wrap(key, under: handles.wrap, wrapping))
        let mac = try authenticate(wrapped[...], kind, binding, lent.session, handles)
        let bound = Bound(wrapped + mac, kind, binding: binding)
        do { _ = try ready(bound, lent, handles) } catch {
            throw error == .notOurs ? .garbled(function: "C_WrapKey") : error
        }
        return bound
    }

    private func unwrap(
        _ key: Bound, isExtractable: Bool, _ lent: Token.Lent, _ handles: TokenRoot.Handles
    ) throws(PKCS11Error) -> UInt {
        let end = key.wrapped.count - TokenKeys.macBytes
        let head = TokenKeys.isUntagged(key.wrapped) ? 1 : start.count
        guard end > head, mayHold(key.wrapped) else { throw .notOurs }
        let mac = try authenticate(key.wrapped[..<end], key.kind, key.binding, lent.session, handles)
        guard constantTimeEquals(mac[...], key.wrapped[end...]) else { throw .notOurs }
        return try lent.session.unwrap(
            Array(key.wrapped[head..<end]), under: handles.wrap, wrapping,
            KeyTemplates.secret(key.kind, isExtractable: isExtractable))
    }

    private func authenticate(
        _ wrapped: ArraySlice<UInt8>, _ kind: KeyMaterialKind, _ binding: [UInt8], _ session: Session,
        _ handles: TokenRoot.Handles
    ) throws(PKCS11Error) -> [UInt8] {
        let length = (0..<4).map { UInt8(truncatingIfNeeded: binding.count >> (24 - 8 * $0)) }
        return try session.sign(
            [kind.code] + length + binding + wrapped, with: handles.mac, .plain(CKM_SHA256_HMAC),
            giving: TokenKeys.macBytes)
    }
}

/// A token that does not know a mechanism, a curve or a template says so in many codes; the caller hears one.
func unsupportedNamed<Result>(
    _ what: String, _ body: () throws(PKCS11Error) -> Result
) throws(PKCS11Error) -> Result {
    do { return try body() } catch {
        if error.isUnsupported { throw .unsupported(what) }
        throw error
    }
}

extension SecretBytes {
    /// A copy that a template takes along. The caller zeroes it.
    fileprivate borrowing func bytesForToken() -> [UInt8] { withBytes { bytes in bytes.withUnsafeBytes { Array($0) } } }
}
