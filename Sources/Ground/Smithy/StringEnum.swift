/// A string with a list of known values. Holds any text, because old and new values pass through the same shapes; the
/// validator refuses unknown ones in requests.
public protocol StringEnum: ShapeValue, Hashable, CustomStringConvertible {
    init(rawValue: String)
    var rawValue: String { get }
    /// The model's values, in its order.
    static var values: [String] { get }
}

extension StringEnum {
    public var isKnown: Bool { Self.values.contains(rawValue) }
    public var description: String { rawValue }

    public static func read<D: ShapeDecoder>(_ decoder: inout D) throws(ShapeError) -> Self {
        try decoder.enumeration(Self.self)
    }
    public func write<E: ShapeEncoder>(_ encoder: inout E) { encoder.string(rawValue) }
}
