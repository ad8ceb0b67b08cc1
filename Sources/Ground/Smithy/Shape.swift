/// A structure of an AWS model: a plain struct and a schema, its members read and written by position.
///
/// `set` and `put` are generated. A codec finds a member's position in the schema and calls `set`; `put` announces each
/// present member by its position and writes its value. So there is one codec per protocol and no code per shape and
/// protocol. Required members are not optional; whether they were given is what the decoder keeps, not the struct.
public protocol Shape: ShapeValue {
    /// All members empty: required ones at their type's empty value, the others nil.
    init()
    static var schema: Schema { get }
    /// Reads the member at `index` of the schema from `decoder`.
    mutating func set<D: ShapeDecoder>(_ index: Int, _ decoder: inout D) throws(ShapeError)
    /// Writes each present member, in the schema's order.
    func put<E: ShapeEncoder>(_ encoder: inout E)
}

extension Shape {
    public static func read<D: ShapeDecoder>(_ decoder: inout D) throws(ShapeError) -> Self {
        try decoder.structure(Self.self)
    }
    public func write<E: ShapeEncoder>(_ encoder: inout E) { encoder.structure(self) }
}

/// An operation as a type: what goes in, what comes out, and the model's facts about it.
public protocol OperationShape: Sendable {
    associatedtype Input: Shape
    associatedtype Output: Shape
    static var model: OperationModel { get }
}

/// Why a value could not be read as its shape. The codec turns it into its protocol's error.
public enum ShapeError: Error, Sendable, Equatable {
    /// Not the form the protocol asks for: bad syntax, a value of another type, a member given twice.
    case malformed(String)
    /// Past a limit of depth, size or count.
    case tooLarge(String)
    /// A member the shape does not have, where the protocol refuses those. Names the member.
    case unknownMember(String)
}
