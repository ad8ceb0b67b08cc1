import Formats

/// The `tagging` field of a form: a document of tags, as other requests have them in a header.
/// - Source: S3 API Reference, "POST Object", "tagging".
public enum FormTags {
    /// The header that says the same.
    public static func header(_ document: [UInt8]) throws(WireError) -> [UInt8] {
        let tree: XMLDocument
        do { tree = try XMLDocument(document) } catch { throw malformed }
        guard tree.name(of: tree.root).elementsEqual("Tagging".utf8), let set = tree.elements[tree.root].firstChild,
            tree.name(of: set).elementsEqual("TagSet".utf8), tree.elements[set].nextSibling == nil
        else { throw malformed }
        var header: [UInt8] = []
        var next = tree.elements[set].firstChild
        while let tag = next {
            next = tree.elements[tag].nextSibling
            guard tree.name(of: tag).elementsEqual("Tag".utf8) else { throw malformed }
            let (key, value) = try pair(tree, tag)
            if !header.isEmpty { header.append(UInt8(ascii: "&")) }
            PercentEncoding.append(key, to: &header)
            header.append(UInt8(ascii: "="))
            PercentEncoding.append(value, to: &header)
        }
        return header
    }

    private static func pair(_ tree: XMLDocument, _ tag: Int) throws(WireError) -> (
        ArraySlice<UInt8>, ArraySlice<UInt8>
    ) {
        var (key, value): (ArraySlice<UInt8>?, ArraySlice<UInt8>?)
        var next = tree.elements[tag].firstChild
        while let element = next {
            next = tree.elements[element].nextSibling
            let name = tree.name(of: element)
            if name.elementsEqual("Key".utf8), key == nil {
                key = tree.text(of: element)
            } else if name.elementsEqual("Value".utf8), value == nil {
                value = tree.text(of: element)
            } else {
                throw malformed
            }
        }
        guard let key, let value, !key.isEmpty else { throw malformed }
        return (key, value)
    }

    private static let malformed = WireError(
        "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
}
