import Formats
import Smithy
import World

/// Reads shapes from the parameters of a query call.
///
/// The parameters are sorted by name, so that each structure, list or map is one run of them: `Tags.member.2.Key`
/// lies in the run of `Tags`, in that of `member`, in that of `2`.
/// - Source: Smithy, "AWS query protocol".
struct QueryShapeDecoder: ShapeDecoder {
    /// Names and values.
    private let buffer: [UInt8]
    private let parameters: [QueryString.Parameter]
    private(set) var validator = Validator()
    private(set) var unknownParameters: [String] = []
    private var member: MemberSchema?
    /// The parameters of the value to be read.
    private var run: Range<Int>
    /// How much of their names is read. What follows is nothing, or a dot and more.
    private var depth = 0

    /// Without the parameters that every query call has, and those of a signature in the query string.
    init(_ form: QueryString) {
        let buffer = form.buffer
        let names = buffer.span
        var own: [QueryString.Parameter] = []
        for parameter in form.parameters where !QueryShapeDecoder.isCommon(names.extracting(parameter.name)) {
            own.append(parameter)
        }
        if own.count > 1 { own.sort { buffer[$0.name].lexicographicallyPrecedes(buffer[$1.name]) } }
        (self.buffer, parameters) = (buffer, own)
        run = 0..<parameters.count
    }

    private static func isCommon(_ name: Span<UInt8>) -> Bool {
        name.isExactly("Action") || name.isExactly("Version")
            || name.count >= 6 && name.extracting(0..<6).isExactly("X-Amz-")
    }

    mutating func root<T: Shape>(_ type: T.Type) throws(ShapeError) -> T {
        depth = -1
        return try structure(type)
    }

    mutating func structure<T: Shape>(_ type: T.Type) throws(ShapeError) -> T {
        let (own, whole, start) = (member, run, depth)
        let schema = T.schema
        validator.enter(own)
        var value = T()
        var given = MemberSet()
        var next = whole.lowerBound
        while let label = try takeRun(from: &next, in: whole, start) {
            guard let index = schema.index(wireName: label) else {
                noteUnknown(parameters[run.lowerBound])
                continue
            }
            guard given.insert(index) else { throw .malformed("The parameter \(text(label)) is repeated.") }
            member = schema.members[index]
            try value.set(index, &self)
        }
        (run, depth) = (whole, start)
        validator.finish(schema, given: given)
        validator.leave(own)
        return value
    }

    /// Sets `run` to the parameters that share the next label, and `depth` to its end.
    private mutating func takeRun(
        from next: inout Int, in whole: Range<Int>, _ start: Int
    ) throws(ShapeError) -> ArraySlice<UInt8>? {
        guard next < whole.upperBound else { return nil }
        guard let label = label(of: parameters[next], after: start) else {
            throw .malformed("The parameter \(text(name(parameters[next]))) has no members.")
        }
        let first = next
        next += 1
        while next < whole.upperBound, self.label(of: parameters[next], after: start)?.elementsEqual(label) ?? false {
            next += 1
        }
        run = first..<next
        depth = start + 1 + label.count
        return label
    }

    private func label(of parameter: QueryString.Parameter, after start: Int) -> ArraySlice<UInt8>? {
        let rest = name(parameter).dropFirst(start + 1)
        guard name(parameter).count > start, !rest.isEmpty else { return nil }
        return rest.prefix { $0 != UInt8(ascii: ".") }
    }

    private mutating func noteUnknown(_ parameter: QueryString.Parameter) {
        if unknownParameters.count < 16 { unknownParameters.append(text(name(parameter).prefix(128))) }
    }

    private func name(_ parameter: QueryString.Parameter) -> ArraySlice<UInt8> { buffer[parameter.name] }

    private func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    mutating func list<T: ShapeValue>(of type: T.Type) throws(ShapeError) -> [T] {
        let own = member
        let element = own?.element
        var values: [T] = []
        validator.enter(own)
        let items =
            try isEmptyContainer() ? [] : try numberedRuns(within: own?.isFlattened == true ? nil : element?.wireBytes)
        for item in items {
            (run, depth) = (item.run, item.depth)
            validator.enter(element: item.number)
            member = element?.kind == .structure ? nil : element
            values.append(try T.read(&self))
            validator.leave()
        }
        validator.leave(own)
        validator.check(list: values, as: own)
        return values
    }

    mutating func map<T: ShapeValue>(to type: T.Type) throws(ShapeError) -> [String: T] {
        let own = member
        var entries: [String: T] = [:]
        validator.enter(own)
        let items =
            try isEmptyContainer() ? [] : try numberedRuns(within: own?.isFlattened == true ? nil : Array("entry".utf8))
        for item in items {
            let entry = try entryRuns(item, own)
            (run, depth) = entry.key
            member = own?.children.first
            let key = try string()
            (run, depth) = entry.value
            member = own?.element?.kind == .structure ? nil : own?.element
            validator.enter(entry: key)
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

    private typealias Place = (run: Range<Int>, depth: Int)

    /// The two halves of a map's entry.
    private mutating func entryRuns(
        _ item: (number: Int, run: Range<Int>, depth: Int), _ own: MemberSchema?
    ) throws(ShapeError) -> (key: Place, value: Place) {
        var (key, value): (Place?, Place?)
        var next = item.run.lowerBound
        while let label = try takeRun(from: &next, in: item.run, item.depth) {
            if label.elementsEqual(own?.children.first?.wireBytes ?? []) {
                key = (run, depth)
            } else if label.elementsEqual(own?.element?.wireBytes ?? []) {
                value = (run, depth)
            } else {
                throw .malformed("The entry of a map has a \(text(label)).")
            }
        }
        guard let key, let value else { throw .malformed("The entry of a map lacks its key or value.") }
        return (key, value)
    }

    /// `Tags=` is how an empty list is written.
    private func isEmptyContainer() throws(ShapeError) -> Bool {
        guard run.count == 1, name(parameters[run.lowerBound]).count == depth else { return false }
        guard parameters[run.lowerBound].value.isEmpty else {
            throw .malformed("The parameter \(text(name(parameters[run.lowerBound]))) is a list or a map.")
        }
        return true
    }

    /// The items of the container at hand, in the order of their numbers; gaps do not matter.
    private mutating func numberedRuns(within wrapper: [UInt8]?) throws(ShapeError) -> [(
        number: Int, run: Range<Int>, depth: Int
    )] {
        var (whole, start) = (run, depth)
        if let wrapper {
            var next = whole.lowerBound
            guard let label = try takeRun(from: &next, in: whole, start), label.elementsEqual(wrapper),
                next == whole.upperBound
            else { throw .malformed("A list is written as \(text(wrapper[...])).N.") }
            (whole, start) = (run, depth)
        }
        var items: [(number: Int, run: Range<Int>, depth: Int)] = []
        var next = whole.lowerBound
        while let label = try takeRun(from: &next, in: whole, start) {
            let number = try ScalarText(bytes: label).integer(nil)
            guard number > 0, label.first != UInt8(ascii: "0") else { throw .malformed("Lists are numbered from 1.") }
            items.append((number, run, depth))
        }
        items.sort { $0.number < $1.number }
        for (one, other) in zip(items, items.dropFirst()) where one.number == other.number {
            throw .malformed("Item \(one.number) of a list is repeated.")
        }
        return items
    }

    /// The one plain value at hand.
    private func scalar() throws(ShapeError) -> ScalarText {
        let parameter = parameters[run.lowerBound]
        guard name(parameter).count == depth else {
            throw .malformed("The parameter \(text(name(parameter))) is not recognized.")
        }
        guard run.count == 1 else { throw .malformed("The parameter \(text(name(parameter))) is repeated.") }
        return ScalarText(bytes: buffer[parameter.value])
    }

    mutating func string() throws(ShapeError) -> String {
        let value = try scalar().string()
        validator.check(value, as: member)
        return value
    }

    mutating func enumeration<T: StringEnum>(_ type: T.Type) throws(ShapeError) -> T {
        let value = T(rawValue: try scalar().string())
        validator.check(value, as: member)
        return value
    }

    mutating func integer() throws(ShapeError) -> Int {
        let value = try scalar().integer(member?.kind)
        validator.check(value, as: member)
        return value
    }

    mutating func double() throws(ShapeError) -> Double {
        let value = try scalar().double()
        validator.check(value, as: member)
        return value
    }

    mutating func boolean() throws(ShapeError) -> Bool { try scalar().boolean() }
    mutating func instant() throws(ShapeError) -> Instant { try scalar().instant(member, standard: .iso8601) }

    mutating func blob() throws(ShapeError) -> [UInt8] {
        guard let value = Base64.decode(Array(try scalar().bytes)) else {
            throw .malformed("A blob is not valid Base64.")
        }
        validator.check(value, as: member)
        return value
    }

    mutating func body() throws(ShapeError) -> StreamingBody { throw .malformed("A query call has no streaming body.") }
}
