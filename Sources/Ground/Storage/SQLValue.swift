/// A value bound to a `?` of a statement. Never spliced into SQL text.
public enum SQLValue: Sendable, Equatable {
    case text(String)
    case int(Int64)
    case blob([UInt8])
    case null

    @inlinable public static func bool(_ value: Bool) -> SQLValue { .int(value ? 1 : 0) }
    /// For counts and numbers of other widths; the value must fit in 64 bits.
    @inlinable public static func number(_ value: some BinaryInteger) -> SQLValue { .int(Int64(value)) }
    @inlinable public static func textOrNull(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }
    @inlinable public static func intOrNull(_ value: Int64?) -> SQLValue { value.map { .int($0) } ?? .null }
    @inlinable public static func blobOrNull(_ value: [UInt8]?) -> SQLValue { value.map { .blob($0) } ?? .null }
}
