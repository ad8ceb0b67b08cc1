import Formats

extension XMLDocument {
    /// A document of nothing, before one is read.
    static let none: XMLDocument = {
        let empty: XMLDocument? = try? XMLDocument(Array("<x/>".utf8))
        guard let empty else { preconditionFailure("an empty element is XML") }
        return empty
    }()

    func children(of element: Int) -> [Int] {
        var children: [Int] = []
        var next = elements[element].firstChild
        while let child = next {
            children.append(child)
            next = elements[child].nextSibling
        }
        return children
    }

    /// The element and those after it under the same parent that bear its name.
    func siblings(from element: Int) -> [Int] {
        let name = name(of: element)
        var found: [Int] = []
        var next: Int? = element
        while let current = next {
            if self.name(of: current).elementsEqual(name) { found.append(current) }
            next = elements[current].nextSibling
        }
        return found
    }
}
