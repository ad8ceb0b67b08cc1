public import World

/// Anything a member can hold. The conformances below are all there are, besides structures and enumerations.
public protocol ShapeValue: Sendable {
    static func read<D: ShapeDecoder>(_ decoder: inout D) throws(ShapeError) -> Self
    func write<E: ShapeEncoder>(_ encoder: inout E)
    /// How an array of this type is read and written: a list, except for bytes, whose array is a blob.
    static func readArray<D: ShapeDecoder>(_ decoder: inout D) throws(ShapeError) -> [Self]
    static func writeArray<E: ShapeEncoder>(_ values: [Self], _ encoder: inout E)
}

extension ShapeValue {
    public static func readArray<D: ShapeDecoder>(_ decoder: inout D) throws(ShapeError) -> [Self] {
        try decoder.list(of: Self.self)
    }
    public static func writeArray<E: ShapeEncoder>(_ values: [Self], _ encoder: inout E) { encoder.list(values) }
}

extension String: ShapeValue {
    public static func read<D: ShapeDecoder>(_ decoder: inout D) throws(ShapeError) -> String { try decoder.string() }
    public func write<E: ShapeEncoder>(_ encoder: inout E) { encoder.string(self) }
}

extension Int: ShapeValue {
    public static func read<D: ShapeDecoder>(_ decoder: inout D) throws(ShapeError) -> Int { try decoder.integer() }
    public func write<E: ShapeEncoder>(_ encoder: inout E) { encoder.integer(self) }
}

extension Bool: ShapeValue {
    public static func read<D: ShapeDecoder>(_ decoder: inout D) throws(ShapeError) -> Bool { try decoder.boolean() }
    public func write<E: ShapeEncoder>(_ encoder: inout E) { encoder.boolean(self) }
}

extension Double: ShapeValue {
    public static func read<D: ShapeDecoder>(_ decoder: inout D) throws(ShapeError) -> Double { try decoder.double() }
    public func write<E: ShapeEncoder>(_ encoder: inout E) { encoder.double(self) }
}

extension Instant: ShapeValue {
    public static func read<D: ShapeDecoder>(_ decoder: inout D) throws(ShapeError) -> Instant {
        try decoder.instant()
    }
    public func write<E: ShapeEncoder>(_ encoder: inout E) { encoder.instant(self) }
}

/// A byte is no value of a model by itself; it conforms so that `[UInt8]` is a blob wherever an array may stand.
extension UInt8: ShapeValue {
    public static func read<D: ShapeDecoder>(_ decoder: inout D) throws(ShapeError) -> UInt8 {
        guard let byte = UInt8(exactly: try decoder.integer()) else { throw .malformed("a byte is 0 to 255") }
        return byte
    }
    public func write<E: ShapeEncoder>(_ encoder: inout E) { encoder.integer(Int(self)) }
    public static func readArray<D: ShapeDecoder>(_ decoder: inout D) throws(ShapeError) -> [UInt8] {
        try decoder.blob()
    }
    public static func writeArray<E: ShapeEncoder>(_ values: [UInt8], _ encoder: inout E) { encoder.blob(values) }
}

extension Array: ShapeValue where Element: ShapeValue {
    public static func read<D: ShapeDecoder>(_ decoder: inout D) throws(ShapeError) -> [Element] {
        try Element.readArray(&decoder)
    }
    public func write<E: ShapeEncoder>(_ encoder: inout E) { Element.writeArray(self, &encoder) }
}

extension Dictionary: ShapeValue where Key == String, Value: ShapeValue {
    public static func read<D: ShapeDecoder>(_ decoder: inout D) throws(ShapeError) -> [String: Value] {
        try decoder.map(to: Value.self)
    }
    public func write<E: ShapeEncoder>(_ encoder: inout E) { encoder.map(self) }
}

/// Room on the heap for a structure that contains itself.
public indirect enum Box<Value: ShapeValue>: ShapeValue {
    case value(Value)

    public init(_ value: Value) { self = .value(value) }
    public var value: Value {
        switch self {
        case .value(let value): value
        }
    }
    public static func read<D: ShapeDecoder>(_ decoder: inout D) throws(ShapeError) -> Box<Value> {
        .value(try Value.read(&decoder))
    }
    public func write<E: ShapeEncoder>(_ encoder: inout E) { value.write(&encoder) }
}
