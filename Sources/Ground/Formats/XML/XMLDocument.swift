/// An XML document as a flat tree: elements in the order they begin, their names and texts in one buffer.
///
/// For messages that are data: an element holds elements or text, not both. Comments and processing instructions are
/// passed over; a document type is refused, so there are no entities but XML's own five.
public struct XMLDocument: Sendable {
    public struct Element: Sendable {
        /// The local name, a range of `buffer`.
        public let name: Range<Int>
        /// The namespace's URI; empty for none.
        public let namespace: Range<Int>
        /// Ranges into `attributes`.
        public let attributes: Range<Int>
        /// The text of an element without children; else empty.
        public internal(set) var text = 0..<0
        public internal(set) var firstChild: Int?
        public internal(set) var nextSibling: Int?
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
    case tooLong(limit: Int)
    /// Text beside elements.
    case mixedContent
}
