import CPKCS11
public import Crypto
import World

/// The root of a data folder in a token: three keys that were made there and never leave it.
///
/// One wraps keys, one authenticates what they are bound to, one seals the secrets of others. All bear the folder's id.
public final class TokenRoot: Sendable {
    /// The token that holds it.
    public let token: Token
    /// The folder's id: 16 bytes, in CKA_ID before a byte for the role.
    public let id: [UInt8]

    private enum Role: UInt8, CaseIterable {
        case wrap = 1
        case mac, seal

        var name: String {
            switch self {
            case .wrap: "wrap"
            case .mac: "mac"
            case .seal: "seal"
            }
        }
    }

    struct Handles: Sendable {
        let generation: Int
        let wrap, mac, seal: UInt
    }
    private let known = Lock<Handles?>(nil)

    /// Touches nothing yet.
    public init(_ token: Token, id: [UInt8]) { (self.token, self.id) = (token, id) }

    /// Makes the three keys in the token.
    /// - Throws: `.setup` where one is there already.
    public func create() throws(PKCS11Error) {
        try token.use { lent throws(PKCS11Error) in
            for role in Role.allCases where try lent.session.find(search(role)) != nil {
                throw .setup("\(token.settings.choice) holds a root key of the same id already.")
            }
            for role in Role.allCases {
                _ = try lent.session.generate(
                    .plain(role == .mac ? CKM_GENERIC_SECRET_KEY_GEN : CKM_AES_KEY_GEN), template(role))
            }
        }
    }

    /// Removes the keys from the token: nothing that they wrapped or sealed can ever be opened again.
    /// - Returns: whether one of them was there.
    /// - Throws: `.setup` where the token keeps one.
    @discardableResult public func destroy() throws(PKCS11Error) -> Bool {
        let wasThere = try token.use { lent throws(PKCS11Error) in
            var wasThere = false
            for role in Role.allCases {
                guard let key = try lent.session.find(search(role)) else { continue }
                wasThere = true
                lent.session.destroy(key)
                guard try lent.session.find(search(role)) == nil else {
                    throw .setup("\(token.settings.choice) does not remove a root key (\(label(role))).")
                }
            }
            return wasThere
        }
        known.withLock { $0 = nil }
        return wasThere
    }

    /// Encrypts inside the token (AES-256-GCM): nonce (12), ciphertext, tag (16).
    public func seal(_ secret: borrowing SecretBytes, associated: [UInt8]) throws(PKCS11Error) -> [UInt8] {
        let nonce = SecureRandom.bytes(AESGCM.nonceByteCount)
        var clear = secret.withBytes { bytes in bytes.withUnsafeBytes { Array($0) } }
        defer { clear.zero() }
        let sealed = try use { lent, handles throws(PKCS11Error) in
            try lent.session.encrypt(clear, with: handles.seal, .gcm(nonce: nonce, associated: associated))
        }
        try checkSealed(sealed, of: clear.count)
        return nonce + sealed
    }

    /// Opens what `seal` gave.
    /// - Throws: `.unopened` where it is another text, or was sealed by another root.
    public func open(_ sealed: [UInt8], associated: [UInt8]) throws(PKCS11Error) -> SecretBytes {
        let count = AESGCM.nonceByteCount
        guard sealed.count >= count + AESGCM.tagByteCount else { throw .unopened }
        var clear = try use { lent, handles throws(PKCS11Error) in
            try lent.opening { session throws(PKCS11Error) in
                try session.decrypt(
                    Array(sealed[count...]), with: handles.seal,
                    .gcm(nonce: Array(sealed[..<count]), associated: associated),
                    giving: sealed.count - count - AESGCM.tagByteCount)
            }
        }
        return SecretBytes(taking: &clear)
    }

    /// Tries the root: what it seals must open, and nothing else. Devices that choose nonces of their own, or do not look
    /// at the tag, would lose or betray what is sealed.
    /// - Throws: `.setup` where the device is not fit.
    public func selfTest() throws(PKCS11Error) {
        try token.settings.check { text, associated throws(PKCS11Error) in
            try seal(SecretBytes(text), associated: associated)
        } open: { sealed, associated throws(PKCS11Error) in
            try open(sealed, associated: associated).revealed()
        }
    }

    /// Asks the token for its description, and the root's keys whether they are there; and that it still works.
    public func probe() throws(PKCS11Error) -> TokenDescription {
        try use { lent, _ throws(PKCS11Error) in
            guard lent.session.isWorking else { throw .lost(function: "C_Decrypt", code: CKR_DEVICE_ERROR) }
        }
        return try token.describe()
    }

    func use<Result>(_ body: (Token.Lent, Handles) throws(PKCS11Error) -> Result) throws(PKCS11Error) -> Result {
        try token.use { lent throws(PKCS11Error) in try body(lent, try handles(lent)) }
    }

    func handles(_ lent: Token.Lent) throws(PKCS11Error) -> Handles {
        if let ready = known.withLock({ $0 }), ready.generation == lent.generation { return ready }
        var found: [UInt] = []
        for role in Role.allCases {
            guard let key = try lent.session.find(search(role)) else {
                throw .unavailable(
                    "\(token.settings.choice) does not hold the root keys of this data folder (\(label(role))).")
            }
            found.append(key)
        }
        let handles = Handles(generation: lent.generation, wrap: found[0], mac: found[1], seal: found[2])
        known.withLock { $0 = handles }
        return handles
    }

    /// What the keys of a root are called, before the word for their use.
    public static func name(of id: [UInt8]) -> String { "gatehouse \(Hexadecimal.string(id))" }

    private func label(_ role: Role) -> String { "\(TokenRoot.name(of: id)) \(role.name)" }

    private func search(_ role: Role) -> [Attribute] {
        [.objectClass(CKO_SECRET_KEY), .token(true), .label(label(role)), .id(id + [role.rawValue])]
    }

    private func template(_ role: Role) -> [Attribute] {
        let kept: [Attribute] =
            search(role) + [.isPrivate(true), .sensitive(true), .extractable(false), .valueLength(32)]
        switch role {
        case .wrap:
            return kept + [
                .keyType(CKK_AES), .may(.wrap), .may(.unwrap), .may(.encrypt, false), .may(.decrypt, false),
            ]
        case .seal:
            return kept + [
                .keyType(CKK_AES), .may(.encrypt), .may(.decrypt), .may(.wrap, false), .may(.unwrap, false),
            ]
        case .mac: return kept + [.keyType(CKK_GENERIC_SECRET), .may(.sign), .may(.verify)]
        }
    }
}

extension Token.Lent {
    /// Tokens answer a text that does not open with many codes, most of which also tell that they are broken. It is the text
    /// only where the code can mean nothing else, or the session does the same with a text of its own.
    func opening<Result>(_ body: (Session) throws(PKCS11Error) -> Result) throws(PKCS11Error) -> Result {
        do { return try body(session) } catch {
            guard case .refused = error, !error.isLoss, !error.isUnsupported else { throw error }
            guard error.isOfText || session.isWorking else { throw error.asLoss }
            throw .unopened
        }
    }
}
