/// An XML document as a flat tree: elements in the order they begin, their names and texts in one buffer.
///
/// For messages that are data: an element holds elements or text, not both. Comments and processing instructions are
/// passed over; a document type is refused, so there are no entities but XML's own five.
public struct XMLDocument: Sendable {
    public struct Element: Sendable {
        /// The local name, a range of `buffer`.
        public var name: Range<Int> { places.name.wide }
        /// The namespace's URI; empty for none.
        public var namespace: Range<Int> { places.namespace.wide }
        /// Ranges into `attributes`.
        public var attributes: Range<Int> { places.attributes.wide }
        /// The text of an element without children; else empty.
        public internal(set) var text: Range<Int> {
            get { places.text.wide }
            set { places.text = newValue.narrow }
        }
        /// Its position in `elements`.
        public internal(set) var firstChild: Int? {
            get { first == 0 ? nil : Int(first) }
            set { first = UInt32(newValue ?? 0) }
        }
        /// Its position in `elements`.
        public internal(set) var nextSibling: Int? {
            get { next == 0 ? nil : Int(next) }
            set { next = UInt32(newValue ?? 0) }
        }

        private typealias Place = Range<UInt32>
        private var places: (name: Place, namespace: Place, attributes: Place, text: Place)
        /// 0, which is the root, for none.
        private var (first, next): (UInt32, UInt32) = (0, 0)

        init(name: Range<Int>, namespace: Range<Int>, attributes: Range<Int>) {
            places = (name.narrow, namespace.narrow, attributes.narrow, 0..<0)
        }
    }

    /// An attribute with its prefix, such as `xsi:type`; namespace declarations are none.
    public struct Attribute: Sendable {
        public let name: Range<Int>
        public let value: Range<Int>
    }

    public internal(set) var buffer: [UInt8] = []
    public internal(set) var elements: [Element] = []
    public internal(set) var attributes: [Attribute] = []

    /// The position of the root in `elements`; a document that was read has one.
    public var root: Int { 0 }

    public func name(of element: Int) -> ArraySlice<UInt8> { buffer[elements[element].name] }
    public func text(of element: Int) -> ArraySlice<UInt8> { buffer[elements[element].text] }
    public func namespace(of element: Int) -> ArraySlice<UInt8> { buffer[elements[element].namespace] }
}

/// Why an XML text was refused.
public enum XMLError: Error, Hashable, Sendable {
    case malformed
    case notUTF8
    /// A `<!DOCTYPE`, whatever it says.
    case documentType
    case tooDeep(limit: Int)
    case tooManyElements(limit: Int)
    /// In one tag.
    case tooManyAttributes(limit: Int)
    case tooLong(limit: Int)
    /// Text beside elements.
    case mixedContent
}

/// Places in a text of less than 4 GiB, in half the room.
extension Range<Int> {
    fileprivate var narrow: Range<UInt32> { UInt32(lowerBound)..<UInt32(upperBound) }
}

extension Range<UInt32> {
    fileprivate var wide: Range<Int> { Int(lowerBound)..<Int(upperBound) }
}
