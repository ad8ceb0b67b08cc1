/// The check of texts one after the other, made of the check and the length of each: nothing is read again.
///
/// A check is a remainder of polynomials over two elements, so that of `A` followed by `B` is the one of `A` times `x` to the
/// power of B's bits, plus the one of `B`; what is inverted at both ends cancels out.
/// - Source: Gary S. Brown, "A painless guide to CRC", the algebra; polynomials as in `CRC32`, `CRC32C` and `CRC64NVME`.
public enum CombinedChecks {
    public enum Kind: Sendable { case crc32, crc32c, crc64nvme }

    /// - Parameter parts: each check most significant byte first, with the length of its text in bytes.
    public static func check(_ kind: Kind, of parts: [(check: [UInt8], length: Int64)]) -> [UInt8] {
        switch kind {
        case .crc32: combined(parts, polynomial: 0xEDB8_8320 as UInt32)
        case .crc32c: combined(parts, polynomial: 0x82F6_3B78 as UInt32)
        case .crc64nvme: combined(parts, polynomial: 0x9A6C_9329_AC4B_C9B5 as UInt64)
        }
    }

    private static func combined<Value: FixedWidthInteger & UnsignedInteger>(
        _ parts: [(check: [UInt8], length: Int64)], polynomial: Value
    ) -> [UInt8] {
        var (value, length, shift): (Value, Int64, Value) = (0, 0, 0)
        for part in parts {
            // Most parts are of one length.
            if part.length != length || shift == 0 {
                (length, shift) = (part.length, power(of: UInt64(part.length) * 8, polynomial))
            }
            value = product(value, shift, polynomial) ^ part.check.reduce(0) { $0 << 8 | Value($1) }
        }
        return stride(from: Value.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// `x` to the power of `exponent`. Polynomials are reflected: the highest bit is `x` to the power of 0.
    private static func power<Value: FixedWidthInteger & UnsignedInteger>(of exponent: UInt64, _ polynomial: Value)
        -> Value
    {
        let one = Value(1) << (Value.bitWidth - 1)
        var (result, factor, rest) = (one, one >> 1, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result = product(result, factor, polynomial) }
            factor = product(factor, factor, polynomial)
            rest >>= 1
        }
        return result
    }

    private static func product<Value: FixedWidthInteger & UnsignedInteger>(
        _ left: Value, _ right: Value, _ polynomial: Value
    ) -> Value {
        var (result, rest, factor): (Value, Value, Value) = (0, left, right)
        while rest != 0 {
            if rest & (1 << (Value.bitWidth - 1)) != 0 { result ^= factor }
            rest <<= 1
            factor = factor & 1 == 1 ? factor >> 1 ^ polynomial : factor >> 1
        }
        return result
    }
}
