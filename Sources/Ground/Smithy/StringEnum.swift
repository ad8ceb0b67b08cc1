/// A string with a list of known values. Holds any text, because old and new values pass through the same shapes; the
/// validator refuses unknown ones in requests.
package protocol StringEnum: ShapeValue, Hashable, CustomStringConvertible {
    init(rawValue: String)
    var rawValue: String { get }
    /// The model's values, in its order.
    static var values: [String] { get }
}

extension StringEnum {
    package var isKnown: Bool { Self.values.contains(rawValue) }
    package var description: String { rawValue }

    package static func read<D: ShapeDecoder>(_ decoder: inout D) throws(ShapeError) -> Self {
        try decoder.enumeration(Self.self)
    }
    package func write<E: ShapeEncoder>(_ encoder: inout E) { encoder.string(rawValue) }
}
