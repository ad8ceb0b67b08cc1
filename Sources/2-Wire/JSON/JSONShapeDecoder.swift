import Formats
import Smithy
import World

/// Reads shapes from JSON: AWS JSON 1.0 and 1.1, and the bodies of REST JSON.
///
/// Members that the shape does not have are passed over and noted. A key given twice is refused: two readers of one
/// request must not see two requests.
struct JSONShapeDecoder: ShapeDecoder {
    private var reader: JSONReader
    private(set) var validator = Validator()
    private(set) var unknownMembers: [String] = []
    /// What the next value belongs to; nil for the root.
    private var member: MemberSchema?

    init(_ body: [UInt8]) { reader = JSONReader(body, depthLimit: 64) }

    /// Reads the whole text as one structure.
    mutating func root<T: Shape>(_ type: T.Type) throws(ShapeError) -> T {
        let value = try structure(type)
        do { try reader.finish() } catch { throw ShapeError(error) }
        return value
    }

    /// Reads the whole text into those members of a REST input that travel in the body. Which of the required ones are
    /// missing is for the caller to tell, who reads the others.
    mutating func bodyMembers<T: Shape>(into value: inout T, _ given: inout MemberSet) throws(ShapeError) {
        try members(into: &value, &given)
        do { try reader.finish() } catch { throw ShapeError(error) }
    }

    /// All that was found wrong, with the required members that nobody read.
    mutating func missing(from schema: Schema, _ given: MemberSet) -> [Violation] {
        validator.finish(schema, given: given)
        return validator.violations
    }

    /// Reads the whole text as the one member that is the body.
    mutating func payload<T: Shape>(_ index: Int, of value: inout T) throws(ShapeError) {
        member = T.schema.members[index]
        try value.set(index, &self)
        do { try reader.finish() } catch { throw ShapeError(error) }
    }

    mutating func structure<T: Shape>(_ type: T.Type) throws(ShapeError) -> T {
        let own = member
        validator.enter(own)
        var value = T()
        var given = MemberSet()
        try members(into: &value, &given)
        validator.finish(T.schema, given: given)
        validator.leave(own)
        return value
    }

    private mutating func members<T: Shape>(into value: inout T, _ given: inout MemberSet) throws(ShapeError) {
        let schema = T.schema
        var hint = 0
        do { try reader.beginObject() } catch { throw ShapeError(error) }
        while let index = try nextMember(of: schema, hint, &given) {
            hint = index + 1
            member = schema.members[index]
            try value.set(index, &self)
        }
    }

    /// The position of the next member that has a value; nil at the end of the object.
    private mutating func nextMember(of schema: Schema, _ hint: Int, _ given: inout MemberSet) throws(ShapeError)
        -> Int?
    {
        do throws(JSONError) {
            while let key = try reader.nextKeyToken() {
                let name = key.isPlain ? reader.bytes[key.range] : reader.utf8(of: key)[...]
                guard let index = schema.index(wireName: name, from: hint), schema.members[index].location == .body
                else {
                    noteUnknown(name)
                    try reader.skipValue()
                    continue
                }
                if try reader.readNullIfPresent() { continue }
                guard given.insert(index) else {
                    throw JSONError(.duplicateKey(schema.members[index].name), at: reader.keyOffset)
                }
                return index
            }
            return nil
        } catch {
            throw ShapeError(error)
        }
    }

    private mutating func noteUnknown(_ name: ArraySlice<UInt8>) {
        guard unknownMembers.count < 16, !name.elementsEqual("__type".utf8) else { return }
        unknownMembers.append(String(decoding: name.prefix(128), as: UTF8.self))
    }

    mutating func list<T: ShapeValue>(of type: T.Type) throws(ShapeError) -> [T] {
        let own = member
        let element = own?.element
        var values: [T] = []
        var number = 0
        validator.enter(own)
        do { try reader.beginArray() } catch { throw ShapeError(error) }
        while try hasNextElement() {
            number += 1
            validator.enter(element: number)
            member = element?.kind == .structure ? nil : element
            values.append(try T.read(&self))
            validator.leave()
        }
        validator.leave(own)
        validator.check(list: values, as: own)
        return values
    }

    private mutating func hasNextElement() throws(ShapeError) -> Bool {
        do { return try reader.nextElement() } catch { throw ShapeError(error) }
    }

    mutating func map<T: ShapeValue>(to type: T.Type) throws(ShapeError) -> [String: T] {
        let own = member
        var entries: [String: T] = [:]
        validator.enter(own)
        do { try reader.beginObject() } catch { throw ShapeError(error) }
        while let key = try nextKey() {
            validator.check(key, as: own?.children.first)
            validator.enter(entry: key)
            member = own?.element?.kind == .structure ? nil : own?.element
            let value = try T.read(&self)
            guard entries.updateValue(value, forKey: key) == nil else {
                throw .malformed("The key \(key) is repeated.")
            }
            validator.leave()
        }
        validator.leave(own)
        validator.check(mapOf: entries.count, as: own)
        return entries
    }

    private mutating func nextKey() throws(ShapeError) -> String? {
        do { return try reader.nextKey() } catch { throw ShapeError(error) }
    }

    mutating func string() throws(ShapeError) -> String {
        let value = try text()
        validator.check(value, as: member)
        return value
    }

    private mutating func text() throws(ShapeError) -> String {
        do { return try reader.readString() } catch { throw ShapeError(error) }
    }

    mutating func enumeration<T: StringEnum>(_ type: T.Type) throws(ShapeError) -> T {
        let value = T(rawValue: try text())
        validator.check(value, as: member)
        return value
    }

    mutating func integer() throws(ShapeError) -> Int {
        let value: Int64
        do { value = try reader.readInt64() } catch { throw ShapeError(error) }
        guard member?.kind == .long || Int32(exactly: value) != nil else {
            throw .malformed("NUMBER_VALUE can not be converted to Integer")
        }
        validator.check(Int(value), as: member)
        return Int(value)
    }

    mutating func boolean() throws(ShapeError) -> Bool {
        do { return try reader.readBool() } catch { throw ShapeError(error) }
    }

    mutating func double() throws(ShapeError) -> Double {
        do {
            if try reader.peek() == .string {
                return try ScalarText(bytes: Array(try text().utf8)[...]).double()
            }
            let value = try reader.readDouble()
            validator.check(value, as: member)
            return value
        } catch let error as JSONError {
            throw ShapeError(error)
        } catch let error as ShapeError {
            throw error
        } catch {
            throw .malformed("Not a number")
        }
    }

    mutating func instant() throws(ShapeError) -> Instant {
        if let format = member?.timestampFormat, format != .unix {
            return try ScalarText(bytes: Array(try text().utf8)[...]).instant(member, standard: format)
        }
        let seconds: Double
        do { seconds = try reader.readDouble() } catch { throw ShapeError(error) }
        guard let value = Instant(epochSeconds: seconds) else { throw .malformed("The timestamp is out of range.") }
        return value
    }

    mutating func blob() throws(ShapeError) -> [UInt8] {
        let text: [UInt8]
        do { text = try reader.readStringBytes() } catch { throw ShapeError(error) }
        guard let value = Base64.decode(text) else { throw .malformed("A blob is not valid Base64.") }
        validator.check(value, as: member)
        return value
    }

    mutating func body() throws(ShapeError) -> StreamingBody { throw .malformed("A streaming body has no JSON form.") }
}

extension ShapeError {
    init(_ error: JSONError) {
        switch error.reason {
        case .tooDeep(let limit): self = .tooLarge("The request is nested deeper than \(limit) levels.")
        case .duplicateKey(let key): self = .malformed("The key \(key) is repeated.")
        case .wrongKind(let expected, let found): self = .malformed("Expected \(expected), found \(found).")
        case .numberOutOfRange: self = .malformed("A number is out of range.")
        case .invalidUTF8, .invalidEscape, .loneSurrogate, .controlCharacter:
            self = .malformed("A string is malformed.")
        case .unexpectedByte, .unexpectedEnd, .invalidNumber, .trailingData:
            self = .malformed("The request body is not valid JSON.")
        }
    }
}
