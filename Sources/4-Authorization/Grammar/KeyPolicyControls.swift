/// What KMS refuses in a key policy beyond what it refuses in every policy.
public enum KeyPolicyControls {
    private static let pair = "kms:encryptioncontext:"

    /// A pair of the encryption context has one value: a set operator on it also holds for contexts without the pair, and
    /// would allow more than it says.
    /// - Source: KMS Developer Guide, "AWS KMS condition keys", `kms:EncryptionContext:`.
    public static func check(_ text: [UInt8]) throws(PolicyError) {
        for condition in try PolicyReader.read(text).statements.flatMap(\.condition) {
            guard condition.key.lowercased().hasPrefix(pair), condition.operatorName.hasPrefix("For") else { continue }
            throw PolicyError(
                message: "OverlyPermissiveCondition: the condition key \(condition.key) has one value. Use it without "
                    + "ForAllValues and ForAnyValue.")
        }
    }
}
