public import World

/// Reads one value of the kind asked for. A codec of a protocol conforms; it knows which member it stands at.
public protocol ShapeDecoder {
    mutating func string() throws(ShapeError) -> String
    mutating func integer() throws(ShapeError) -> Int
    mutating func boolean() throws(ShapeError) -> Bool
    mutating func double() throws(ShapeError) -> Double
    mutating func instant() throws(ShapeError) -> Instant
    mutating func blob() throws(ShapeError) -> [UInt8]
    mutating func body() throws(ShapeError) -> StreamingBody
    /// The allowed values are `T.values`; whether others are refused is the validator's matter.
    mutating func enumeration<T: StringEnum>(_ type: T.Type) throws(ShapeError) -> T
    mutating func structure<T: Shape>(_ type: T.Type) throws(ShapeError) -> T
    mutating func list<T: ShapeValue>(of type: T.Type) throws(ShapeError) -> [T]
    mutating func map<T: ShapeValue>(to type: T.Type) throws(ShapeError) -> [String: T]
}

extension ShapeDecoder {
    /// Reads a value; what generated `set` methods call.
    @inlinable
    public mutating func read<T: ShapeValue>(_ type: T.Type) throws(ShapeError) -> T { try T.read(&self) }
}

/// Writes one value after the member it belongs to was announced. Writing cannot fail.
public protocol ShapeEncoder {
    /// The next value belongs to the member at this position of the current structure's schema.
    mutating func member(_ index: Int)
    mutating func string(_ value: String)
    mutating func integer(_ value: Int)
    mutating func boolean(_ value: Bool)
    mutating func double(_ value: Double)
    mutating func instant(_ value: Instant)
    mutating func blob(_ value: [UInt8])
    mutating func body(_ value: StreamingBody)
    mutating func structure<T: Shape>(_ value: T)
    mutating func list<T: ShapeValue>(_ values: [T])
    /// Entries are written in the order of their keys, so that the same value is always the same bytes.
    mutating func map<T: ShapeValue>(_ entries: [String: T])
}

extension ShapeEncoder {
    @inlinable
    public mutating func put<T: ShapeValue>(_ index: Int, _ value: T) {
        member(index)
        value.write(&self)
    }
}
