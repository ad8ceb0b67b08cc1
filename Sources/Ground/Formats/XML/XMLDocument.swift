/// An XML document as a flat tree: elements in the order they begin, their names and texts in one buffer.
///
/// For messages that are data: an element holds elements or text, not both. Comments and processing instructions are
/// passed over; a document type is refused, so there are no entities but XML's own five.
package struct XMLDocument: Sendable {
    package struct Element: Sendable {
        /// The local name, a range of `buffer`.
        package let name: Range<Int>
        /// The namespace's URI; empty for none.
        package let namespace: Range<Int>
        /// Ranges into `attributes`.
        package let attributes: Range<Int>
        /// The text of an element without children; else empty.
        package internal(set) var text = 0..<0
        package internal(set) var firstChild: Int?
        package internal(set) var nextSibling: Int?
    }

    /// An attribute with its prefix, such as `xsi:type`; namespace declarations are none.
    package struct Attribute: Sendable {
        package let name: Range<Int>
        package let value: Range<Int>
    }

    package internal(set) var buffer: [UInt8] = []
    package internal(set) var elements: [Element] = []
    package internal(set) var attributes: [Attribute] = []

    /// The position of the root in `elements`; a document that was read has one.
    package var root: Int { 0 }

    package func name(of element: Int) -> ArraySlice<UInt8> { buffer[elements[element].name] }
    package func text(of element: Int) -> ArraySlice<UInt8> { buffer[elements[element].text] }
    package func namespace(of element: Int) -> ArraySlice<UInt8> { buffer[elements[element].namespace] }
}

/// Why an XML text was refused.
package enum XMLError: Error, Hashable, Sendable {
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
