import KMSAPI

/// What a grant of a key may hold.
/// - Source: KMS API Reference, "CreateGrant"; KMS Developer Guide, "Grant operations".
enum GrantLimits {
    /// Grants of one key.
    /// - Source: KMS Developer Guide, "Resource quotas".
    static let perKey = 50_000
    static let pairs = 8
    /// Characters of an encryption context, names and values.
    private static let characters = 384

    /// The operations that a grant of such a key can give.
    static func operations(_ key: KMSKey) -> Set<KMS.GrantOperation> {
        let own: [KMS.GrantOperation] =
            switch (key.spec.family, key.usage) {
            case (.symmetric, _):
                [
                    .encrypt, .decrypt, .reEncryptFrom, .reEncryptTo, .generateDataKey,
                    .generateDataKeyWithoutPlaintext, .generateDataKeyPair, .generateDataKeyPairWithoutPlaintext,
                ]
            case (.hmac, _): [.generateMac, .verifyMac]
            case (.asymmetric, .encryptDecrypt): [.encrypt, .decrypt, .reEncryptFrom, .reEncryptTo, .getPublicKey]
            case (.asymmetric, .signVerify): [.sign, .verify, .getPublicKey]
            case (.asymmetric, _): [.deriveSharedSecret, .getPublicKey]
            }
        return Set(own + GrantRights.unconstrained)
    }

    /// A constraint without pairs binds nothing, and whoever writes one means something else.
    static func check(_ constraints: KMS.GrantConstraints?) throws {
        let contexts = [constraints?.encryptionContextEquals, constraints?.encryptionContextSubset]
        guard !contexts.contains(where: { $0?.isEmpty == true }) else {
            throw Invalid.input("A grant constraint must have at least one encryption context pair.")
        }
    }

    static func check(_ rights: GrantRights, on key: KMSKey) throws {
        guard !rights.operations.isEmpty else { throw Invalid.input("A grant must give at least one operation.") }
        let allowed = operations(key)
        if let operation = rights.operations.first(where: { !allowed.contains($0) }) {
            throw Invalid.input("Operation \(operation.rawValue) is not supported in a grant of \(key.arn).")
        }
        guard let constraints = rights.constraints else { return }
        guard key.spec.family == .symmetric else {
            throw Invalid.input("Encryption context constraints are only valid for symmetric encryption KMS keys.")
        }
        guard rights.equals == nil || rights.subset == nil else {
            throw Invalid.input("EncryptionContextEquals and EncryptionContextSubset exclude each other.")
        }
        for context in [constraints.encryptionContextEquals, constraints.encryptionContextSubset] {
            guard let context else { continue }
            guard context.count <= pairs, context.reduce(0, { $0 + $1.key.count + $1.value.count }) <= characters
            else {
                throw Invalid.input(
                    "A grant constraint has at most \(pairs) encryption context pairs and \(characters) characters.")
            }
        }
    }
}
