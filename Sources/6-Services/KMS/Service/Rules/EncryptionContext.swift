import Authorization
import KMSAPI

/// Pairs that are authenticated with a text and not stored in it: to decrypt, one must know them, in whatever order.
/// - Source: KMS Developer Guide, "Encryption context".
enum EncryptionContext {
    /// Of all names and values together, and of pairs. KMS names no bound of its own; these are ours.
    static let bytes = 8_192
    static let pairs = 512

    /// To be asked before the policies are, for each pair is a condition key.
    ///
    /// Condition keys have no case. Of names that differ in nothing else one key would have to have two values: a policy that
    /// asks for one of them could be met by whoever sends both, and with a key of several values a Deny that compares it would
    /// never hold. KMS takes such contexts; here they are refused, whatever the policies say.
    static func check(_ context: [String: String]?) throws {
        guard let context, !context.isEmpty else { return }
        let size = context.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        guard context.count <= pairs, size <= bytes else {
            throw Invalid.input("An encryption context has at most \(pairs) pairs and \(bytes) bytes.")
        }
        guard differ(Array(context.keys)) else {
            throw Invalid.input("The names of an encryption context must differ in more than case.")
        }
    }

    private static func differ(_ names: [String]) -> Bool {
        guard names.count <= 8 else { return Set(names.map { ConditionKey($0) }).count == names.count }
        for index in names.indices.dropLast() {
            let key = ConditionKey(names[index])
            if names[(index + 1)...].contains(where: { key.isNamed($0) }) { return false }
        }
        return true
    }

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
