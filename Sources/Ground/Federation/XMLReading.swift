import Formats

/// Looking around in a document that was read.
extension XMLDocument {
    func `is`(_ element: Int, _ name: String, in namespace: String) -> Bool {
        self.name(of: element).elementsEqual(name.utf8) && self.namespace(of: element).elementsEqual(namespace.utf8)
    }

    func children(of element: Int) -> [Int] {
        var children: [Int] = []
        var next = elements[element].firstChild
        while let child = next {
            children.append(child)
            next = elements[child].nextSibling
        }
        return children
    }

    func children(of element: Int, _ name: String, in namespace: String) -> [Int] {
        children(of: element).filter { self.is($0, name, in: namespace) }
    }

    /// The only child of that name; nil where there is none, or more than one.
    func child(of element: Int, _ name: String, in namespace: String) -> Int? {
        let found = children(of: element, name, in: namespace)
        return found.count == 1 ? found[0] : nil
    }

    /// An attribute without a prefix.
    func attribute(_ name: String, of element: Int) -> String? {
        for attribute in attributes[elements[element].attributes]
        where buffer[attribute.name].elementsEqual(name.utf8) {
            return String(decoding: buffer[attribute.value], as: UTF8.self)
        }
        return nil
    }

    /// The text of an element, without white space around it.
    func words(of element: Int) -> String {
        let bytes = text(of: element)
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}

/// The namespaces of SAML 2.0.
enum SAMLNamespace {
    static let assertion = "urn:oasis:names:tc:SAML:2.0:assertion"
    static let `protocol` = "urn:oasis:names:tc:SAML:2.0:protocol"
    static let metadata = "urn:oasis:names:tc:SAML:2.0:metadata"
    static let signature = "http://www.w3.org/2000/09/xmldsig#"
}
