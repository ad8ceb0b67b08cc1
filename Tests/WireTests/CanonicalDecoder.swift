import Foundation
import HTTP
import Smithy
import World

/// Reads a shape from a tree of plain values by the model's names: the reverse of `CanonicalEncoder`.
struct CanonicalDecoder: ShapeDecoder {
    private var value: Any

    static func shape<T: Shape>(_ type: T.Type, _ tree: Any) throws(ShapeError) -> T {
        var decoder = CanonicalDecoder(value: tree)
        return try decoder.structure(type)
    }

    private func cast<T>(_ type: T.Type) throws(ShapeError) -> T {
        guard let cast = value as? T else { throw .malformed("\(value) is no \(type)") }
        return cast
    }

    mutating func string() throws(ShapeError) -> String { try cast(String.self) }
    mutating func integer() throws(ShapeError) -> Int { try cast(Int.self) }
    mutating func boolean() throws(ShapeError) -> Bool { try cast(Bool.self) }
    mutating func double() throws(ShapeError) -> Double { try cast(Double.self) }
    mutating func instant() throws(ShapeError) -> Instant { Instant(seconds: Int64(try cast(Int.self))) }
    mutating func blob() throws(ShapeError) -> [UInt8] { Array(Data(base64Encoded: try cast(String.self)) ?? Data()) }
    mutating func body() throws(ShapeError) -> StreamingBody { .none }
    mutating func enumeration<T: StringEnum>(_ type: T.Type) throws(ShapeError) -> T {
        T(rawValue: try cast(String.self))
    }

    mutating func structure<T: Shape>(_ type: T.Type) throws(ShapeError) -> T {
        var result = T()
        for (name, member) in try cast([String: Any].self) {
            guard let index = T.schema.index(named: name) else { throw .unknownMember(name) }
            value = member
            try result.set(index, &self)
        }
        return result
    }

    mutating func list<T: ShapeValue>(of type: T.Type) throws(ShapeError) -> [T] {
        var result: [T] = []
        for element in try cast([Any].self) {
            value = element
            result.append(try T.read(&self))
        }
        return result
    }

    mutating func map<T: ShapeValue>(to type: T.Type) throws(ShapeError) -> [String: T] {
        var result: [String: T] = [:]
        for (key, element) in try cast([String: Any].self) {
            value = element
            result[key] = try T.read(&self)
        }
        return result
    }
}
