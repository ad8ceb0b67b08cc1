import Formats

/// A query's parameters, decoded and encoded again in SigV4's way.
struct CanonicalQuery {
    private struct Pair {
        let name: Range<Int>
        let value: Range<Int>
    }

    /// All names and values, encoded.
    private var text: [UInt8] = []
    private var pairs: [Pair] = []

    init(_ query: ArraySlice<UInt8>) {
        guard !query.isEmpty else { return }
        text.reserveCapacity(query.count + 16)
        for part in query.split(separator: UInt8(ascii: "&")) {
            let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            let name = append(part[..<equals])
            let value = append(part[min(equals + 1, part.endIndex)...])
            pairs.append(Pair(name: name, value: value))
        }
    }

    private mutating func append(_ part: ArraySlice<UInt8>) -> Range<Int> {
        let start = text.count
        PercentEncoding.forEach(part, plusIsSpace: true) { PercentEncoding.append($0, to: &text) }
        return start..<text.count
    }

    func contains(_ name: String) -> Bool { pairs.contains { text[$0.name].elementsEqual(name.utf8) } }

    /// The decoded value of the only parameter of that name, compared with case; nil where there is none or more than one.
    func only(_ name: String) -> [UInt8]? {
        var found: Range<Int>?
        for pair in pairs where text[pair.name].elementsEqual(name.utf8) {
            if found != nil { return nil }
            found = pair.value
        }
        return found.map { PercentEncoding.meant(by: text[$0]) }
    }

    /// Every parameter as sent, decoded.
    var decoded: [(name: [UInt8], value: [UInt8])] {
        pairs.map { (PercentEncoding.meant(by: text[$0.name]), PercentEncoding.meant(by: text[$0.value])) }
    }

    /// Appends `name=value&…`, sorted by name and then value, without the parameter `excluded`.
    func appendSorted(to canonical: inout [UInt8], without excluded: String?) {
        var first = true
        for pair in sorted() {
            if let excluded, text[pair.name].elementsEqual(excluded.utf8) { continue }
            if !first { canonical.append(UInt8(ascii: "&")) }
            first = false
            canonical += text[pair.name]
            canonical.append(UInt8(ascii: "="))
            canonical += text[pair.value]
        }
    }

    private func sorted() -> [Pair] {
        guard pairs.count > 1 else { return pairs }
        return pairs.sorted { left, right in
            let (leftName, rightName) = (text[left.name], text[right.name])
            if leftName.elementsEqual(rightName) {
                return text[left.value].lexicographicallyPrecedes(text[right.value])
            }
            return leftName.lexicographicallyPrecedes(rightName)
        }
    }
}
