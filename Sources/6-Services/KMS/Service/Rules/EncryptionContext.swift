import KMSAPI

/// Pairs that are authenticated with a text and not stored in it: to decrypt, one must know them, in whatever order.
/// - Source: KMS Developer Guide, "Encryption context".
enum EncryptionContext {
    /// The pairs in the order of their names' bytes, every name and value after its length: no two contexts are the same
    /// bytes. Absent and empty are the same.
    static func encoded(_ context: [String: String]) -> [UInt8] {
        guard !context.isEmpty else { return [0, 0, 0, 0] }
        let pairs = context.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(pairs.reduce(4) { $0 + 8 + $1.key.utf8.count + $1.value.utf8.count })
        append(pairs.count, to: &bytes)
        for pair in pairs {
            append(pair.key, to: &bytes)
            append(pair.value, to: &bytes)
        }
        return bytes
    }

    /// RSAES-OAEP has no place for one.
    static func refuse(_ context: [String: String]?, with algorithm: KMS.EncryptionAlgorithmSpec) throws {
        guard context?.isEmpty ?? true else {
            throw Invalid.input("An encryption context cannot be used with the algorithm \(algorithm.rawValue).")
        }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        append(text.utf8.count, to: &bytes)
        bytes.append(contentsOf: text.utf8)
    }

    private static func append(_ count: Int, to bytes: inout [UInt8]) {
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: count >> shift)) }
    }
}
