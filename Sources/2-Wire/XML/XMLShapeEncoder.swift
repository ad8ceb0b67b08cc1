import Formats
import Smithy
import World

/// Writes shapes as XML: the answers of query calls and the bodies of REST XML.
struct XMLShapeEncoder: ShapeEncoder {
    private(set) var writer = XMLWriter()
    private var members: [MemberSchema]
    /// The next value's member, as a position in `members`; -1 where it is `item`.
    private var position = -1
    /// The element of the list, or the value of the map, that is being written.
    private var item: MemberSchema?
    /// What the next value's element is called, where not by its member.
    private var ownName: [UInt8]?
    /// The form of fractions differs: S3 always writes milliseconds.
    private let writesMilliseconds: Bool

    init(_ schema: Schema, writesMilliseconds: Bool = false) {
        (members, self.writesMilliseconds) = (schema.members, writesMilliseconds)
    }

    private var current: MemberSchema? { position >= 0 ? members[position] : item }
    /// The name of the next value's element.
    private var element: [UInt8] {
        if let ownName { return ownName }
        return position >= 0 ? members[position].wireBytes : item?.wireBytes ?? []
    }

    /// Everything but shapes: declarations, wrappers, request ids.
    mutating func write(_ body: (inout XMLWriter) -> Void) { body(&writer) }

    mutating func member(_ index: Int) {
        position = index
        if ownName != nil { ownName = nil }
    }

    /// The next value is one of a list's or a map's.
    private mutating func enter(_ item: MemberSchema?, named name: [UInt8]? = nil) {
        (position, self.item, ownName) = (-1, item, name)
    }

    /// Writes the next value under a name of its own, such as a root element's.
    mutating func member(_ index: Int, named name: [UInt8]) {
        (position, ownName) = (index, name)
    }

    /// Writes the members without an element around them.
    mutating func members<T: Shape>(of value: T) {
        let outer = members
        members = T.schema.members
        value.put(&self)
        members = outer
    }

    mutating func structure<T: Shape>(_ value: T) {
        let name = element
        let attributes = T.schema.hasAttributes ? XMLAttributes.of(value) : []
        writer.open(name, namespace: current?.xmlNamespace ?? "", attributes)
        members(of: value)
        writer.close(name)
    }

    mutating func list<T: ShapeValue>(_ values: [T]) {
        let (own, name) = (current, element)
        let isFlattened = own?.isFlattened ?? false
        if !isFlattened { writer.open(name) }
        for value in values {
            enter(own?.element, named: isFlattened ? name : nil)
            value.write(&self)
        }
        if !isFlattened { writer.close(name) }
    }

    mutating func map<T: ShapeValue>(_ entries: [String: T]) {
        let (own, name) = (current, element)
        let isFlattened = own?.isFlattened ?? false
        let entryName = isFlattened ? name : Array("entry".utf8)
        if !isFlattened { writer.open(name) }
        for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
            writer.open(entryName)
            writer.element(own?.children.first?.wireBytes ?? [], key)
            enter(own?.element)
            value.write(&self)
            writer.close(entryName)
        }
        if !isFlattened { writer.close(name) }
    }

    mutating func string(_ value: String) {
        if current?.isAttribute == true { return }
        writer.element(element, value)
    }
    mutating func integer(_ value: Int) { writer.element(element, String(value)) }
    mutating func boolean(_ value: Bool) { writer.element(element, value ? "true" : "false") }
    mutating func double(_ value: Double) { writer.element(element, XMLShapeEncoder.text(value)) }
    mutating func blob(_ value: [UInt8]) { writer.element(element, Base64.encode(value)) }

    mutating func instant(_ value: Instant) {
        let (name, format, writesMilliseconds) = (element, current?.timestampFormat ?? .iso8601, writesMilliseconds)
        writer.open(name)
        writer.append { bytes in
            switch format {
            case .iso8601: value.appendISO8601(to: &bytes, fraction: writesMilliseconds)
            case .rfc822: value.appendHTTPDate(to: &bytes)
            case .unix: bytes.append(contentsOf: String(value.seconds).utf8)
            }
        }
        writer.close(name)
    }

    /// A streaming body is the whole message, never an element.
    mutating func body(_ value: StreamingBody) {}

    private static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return "\(value)"
    }
}
