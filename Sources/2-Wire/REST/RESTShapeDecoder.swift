import Formats
import HTTP
import Smithy
import World

/// Reads the input of a REST XML operation: labels, query parameters and headers, then the body. REST JSON shares all but
/// documents (`RESTJSONReader`).
///
/// Strict about XML: an element the shape does not have, or a second one where one belongs, is malformed.
struct RESTShapeDecoder: ShapeDecoder {
    /// What the next value is read from.
    private enum Source {
        case text(ArraySlice<UInt8>)
        case texts([ArraySlice<UInt8>])
        case headers([(name: String, value: ArraySlice<UInt8>)])
        case bytes([UInt8])
        case stream(any RequestBody)
        case element(Int)
        /// The elements of a flattened list or map.
        case elements([Int])
    }

    private let parameters: RESTParameters
    private let payload: Payload
    private var document = XMLDocument.none
    private var source = Source.bytes([])
    private(set) var validator = Validator()
    private var member: MemberSchema?
    /// Whether reading has come to the XML of the body, where errors have another name.
    private(set) var isInXMLBody = false

    /// How long a body may be, its operation says (`Operation.largestDocument`). 10,000 parts with all of their checksums are
    /// 80,000 elements, 1,000 rules of a lifecycle with ten tags and all transitions about as many.
    static let limits = XMLLimits(bytes: 8 << 20, elements: 100_000)

    init(_ parameters: RESTParameters, payload: Payload) { (self.parameters, self.payload) = (parameters, payload) }

    mutating func root<T: Shape>(_ type: T.Type) throws(ShapeError) -> T {
        let schema = T.schema
        var value = T()
        var given = MemberSet()
        try readBindings(into: &value, &given)
        if let index = schema.payload {
            try readPayload(index, of: &value, &given)
        } else if schema.members.contains(where: { $0.location == .body }), !payload.isEmpty {
            try readDocument()
            (member, isInXMLBody) = (nil, true)
            try members(of: document.root, into: &value, &given)
        }
        validator.finish(schema, given: given)
        return value
    }

    /// The members that travel outside the body.
    mutating func readBindings<T: Shape>(into value: inout T, _ given: inout MemberSet) throws(ShapeError) {
        let schema = T.schema
        for index in schema.members.indices where schema.members[index].location != .body {
            guard let found = source(of: schema.members[index]) else { continue }
            (source, member) = (found, schema.members[index])
            _ = given.insert(index)
            try value.set(index, &self)
        }
    }

    private func source(of member: MemberSchema) -> Source? {
        switch member.location {
        case .uri: return parameters.label(member.wireName).map { .text($0) }
        case .query:
            let found = parameters.query(member.wireBytes)
            if member.kind == .list { return found.isEmpty ? nil : .texts(found) }
            return found.first.map { .text($0) }
        case .header:
            guard let value = parameters.header(member.wireBytes) else { return nil }
            return member.kind == .list ? .texts(RESTParameters.list(value)) : .text(value)
        case .headers:
            let found = parameters.headers(prefix: member.wireBytes)
            return found.isEmpty ? nil : .headers(found)
        case .body, .status: return nil
        }
    }

    /// The member that is the whole body.
    mutating func readPayload<T: Shape>(_ index: Int, of value: inout T, _ given: inout MemberSet)
        throws(ShapeError)
    {
        let payloadMember = T.schema.members[index]
        switch payload {
        case .stream(let body): source = .stream(body)
        case .bytes(let bytes):
            guard !bytes.isEmpty || payloadMember.kind == .stream else { return }
            source = payloadMember.kind == .stream ? .stream(BufferedBody(bytes)) : .bytes(bytes)
            if payloadMember.kind == .structure { try openDocument(payloadMember) }
        }
        member = payloadMember
        _ = given.insert(index)
        try value.set(index, &self)
    }

    private mutating func openDocument(_ member: MemberSchema) throws(ShapeError) {
        try readDocument()
        isInXMLBody = true
        let namespace = document.namespace(of: document.root)
        guard document.name(of: document.root).elementsEqual(member.wireBytes),
            namespace.isEmpty || namespace.elementsEqual((member.xmlNamespace ?? "").utf8)
        else { throw .malformed("The root element is not \(member.wireName).") }
        source = .element(document.root)
    }

    private mutating func readDocument() throws(ShapeError) {
        guard case .bytes(let bytes) = payload else { throw .malformed("The body is not XML.") }
        isInXMLBody = true
        do { document = try XMLDocument(bytes, limits: RESTShapeDecoder.limits) } catch {
            throw .malformed("The body is not well-formed XML.")
        }
    }

    mutating func structure<T: Shape>(_ type: T.Type) throws(ShapeError) -> T {
        guard case .element(let element) = source else { throw .malformed("A structure has no such form.") }
        let own = member
        var value = T()
        var given = MemberSet()
        validator.enter(own)
        guard document.text(of: element).allSatisfy({ $0 <= 0x20 }) else { throw .malformed("A structure holds text.") }
        if T.schema.hasAttributes { try attributes(of: element, into: &value, &given) }
        try members(of: element, into: &value, &given)
        validator.finish(T.schema, given: given)
        validator.leave(own)
        return value
    }

    /// The members that are attributes of the element. Others are passed over, such as those of schemas.
    private mutating func attributes<T: Shape>(of element: Int, into value: inout T, _ given: inout MemberSet)
        throws(ShapeError)
    {
        for attribute in document.attributes[document.elements[element].attributes] {
            let name = document.buffer[attribute.name]
            let found = T.schema.members.firstIndex { $0.isAttribute && name.elementsEqual($0.wireBytes) }
            guard let index = found, given.insert(index) else { continue }
            (source, member) = (.text(document.buffer[attribute.value]), T.schema.members[index])
            try value.set(index, &self)
        }
    }

    private mutating func members<T: Shape>(of element: Int, into value: inout T, _ given: inout MemberSet)
        throws(ShapeError)
    {
        let schema = T.schema
        var hint = 0
        var next = document.elements[element].firstChild
        while let child = next {
            next = document.elements[child].nextSibling
            guard let index = schema.index(wireName: document.name(of: child), from: hint),
                schema.members[index].location == .body
            else { throw .unknownMember(String(decoding: document.name(of: child), as: UTF8.self)) }
            hint = index
            member = schema.members[index]
            let isFlattened = schema.members[index].isFlattened
            guard given.insert(index) else {
                if isFlattened { continue }
                throw .malformed("An element is repeated.")
            }
            source = isFlattened ? .elements(document.siblings(from: child)) : .element(child)
            try value.set(index, &self)
        }
    }

    mutating func list<T: ShapeValue>(of type: T.Type) throws(ShapeError) -> [T] {
        let own = member
        var values: [T] = []
        validator.enter(own)
        for (number, item) in try items(own).enumerated() {
            validator.enter(element: number + 1)
            source = item
            member = own?.element?.kind == .structure ? nil : own?.element
            values.append(try T.read(&self))
            validator.leave()
        }
        validator.leave(own)
        validator.check(list: values, as: own)
        return values
    }

    private func items(_ own: MemberSchema?) throws(ShapeError) -> [Source] {
        switch source {
        case .texts(let texts): return texts.map { .text($0) }
        case .elements(let elements): return elements.map { .element($0) }
        case .element(let element):
            let children = document.children(of: element)
            for child in children where !document.name(of: child).elementsEqual(own?.element?.wireBytes ?? []) {
                throw .unknownMember(String(decoding: document.name(of: child), as: UTF8.self))
            }
            return children.map { .element($0) }
        case .text, .headers, .bytes, .stream: throw .malformed("A list has no such form.")
        }
    }

    mutating func map<T: ShapeValue>(to type: T.Type) throws(ShapeError) -> [String: T] {
        let own = member
        var entries: [String: T] = [:]
        for (key, item) in try self.entries(own) {
            (source, member) = (item, own?.element?.kind == .structure ? nil : own?.element)
            let value = try T.read(&self)
            guard entries.updateValue(value, forKey: key) == nil else {
                throw .malformed("The key \(key) is repeated.")
            }
        }
        validator.check(mapOf: entries.count, as: own)
        return entries
    }

    private func entries(_ own: MemberSchema?) throws(ShapeError) -> [(String, Source)] {
        let elements: [Int]
        switch source {
        case .headers(let headers): return headers.map { ($0.name, .text($0.value)) }
        case .element(let element): elements = document.children(of: element)
        case .elements(let found): elements = found
        case .text, .texts, .bytes, .stream: throw .malformed("A map has no such form.")
        }
        var entries: [(String, Source)] = []
        for element in elements {
            let halves = document.children(of: element)
            guard halves.count == 2, document.name(of: halves[0]).elementsEqual(own?.children.first?.wireBytes ?? []),
                document.name(of: halves[1]).elementsEqual(own?.element?.wireBytes ?? [])
            else { throw .malformed("The entry of a map is a key and a value.") }
            entries.append((try ScalarText(bytes: document.text(of: halves[0])).string(), .element(halves[1])))
        }
        return entries
    }

    private func scalar() throws(ShapeError) -> ScalarText {
        switch source {
        case .text(let bytes): return ScalarText(bytes: bytes)
        case .bytes(let bytes): return ScalarText(bytes: bytes[...])
        case .element(let element):
            guard document.elements[element].firstChild == nil else {
                throw .malformed("An element holds elements, not text.")
            }
            return ScalarText(bytes: document.text(of: element))
        case .texts, .headers, .stream, .elements: throw .malformed("A plain value has no such form.")
        }
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
        guard let value = try? scalar().integer(member?.kind) else {
            throw .malformed("Provided \(member?.wireName ?? "value") not an integer or within integer range")
        }
        validator.check(value, as: member)
        return value
    }

    mutating func double() throws(ShapeError) -> Double {
        let value = try scalar().double()
        validator.check(value, as: member)
        return value
    }

    mutating func boolean() throws(ShapeError) -> Bool { try scalar().boolean() }

    mutating func instant() throws(ShapeError) -> Instant {
        let isHeader = member?.location == .header
        return try scalar().instant(member, standard: isHeader ? .rfc822 : .iso8601)
    }

    mutating func blob() throws(ShapeError) -> [UInt8] {
        if case .bytes(let bytes) = source {
            validator.check(bytes, as: member)
            return bytes
        }
        guard let value = Base64.decode(Array(try scalar().bytes)) else {
            throw .malformed("A blob is not valid Base64.")
        }
        validator.check(value, as: member)
        return value
    }

    mutating func body() throws(ShapeError) -> StreamingBody {
        guard case .stream(let body) = source else { return .none }
        return .request(body)
    }
}
