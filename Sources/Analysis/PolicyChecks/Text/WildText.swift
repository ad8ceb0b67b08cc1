/// Texts in which `*` stands for any run of characters and `?` for one.
enum WildText {
    private static let star = UInt8(ascii: "*")
    private static let mark = UInt8(ascii: "?")

    static func isWild(_ text: String) -> Bool { text.utf8.contains { $0 == star || $0 == mark } }

    /// Whether everything that `narrow` matches is matched by `wide`; may say no where it is so.
    ///
    /// Also tells whether a pattern matches a text: a text is a pattern without wildcards.
    static func covers(_ wide: String, _ narrow: String) -> Bool {
        let (wide, narrow) = (Array(wide.utf8), Array(narrow.utf8))
        var (at, inner) = (0, 0)
        var retry: (at: Int, inner: Int)?
        while inner < narrow.count {
            if at < wide.count, wide[at] == star {
                retry = (at + 1, inner)
                at += 1
            } else if at < wide.count, wide[at] == narrow[inner] || wide[at] == mark && narrow[inner] != star {
                at += 1
                inner += 1
            } else if let again = retry {
                retry = (again.at, again.inner + 1)
                (at, inner) = (again.at, again.inner + 1)
            } else {
                return false
            }
        }
        return wide[at...].allSatisfy { $0 == star }
    }

    /// Whether some text is matched by both. Takes time in proportion to both lengths.
    static func intersects(_ one: String, _ other: String) -> Bool {
        let (one, other) = (Array(one.utf8), Array(other.utf8))
        for (first, second) in zip(one, other) {
            if first == star || second == star { break }
            guard first == second || first == mark || second == mark else { return false }
        }
        var row = [Bool](repeating: false, count: other.count + 1)
        row[0] = true
        for at in other.indices where other[at] == star { row[at + 1] = row[at] }
        for byte in one {
            var next = [Bool](repeating: false, count: other.count + 1)
            next[0] = byte == star && row[0]
            for at in other.indices {
                if byte == star {
                    next[at + 1] = row[at + 1] || next[at]
                } else if other[at] == star {
                    next[at + 1] = next[at] || row[at + 1]
                } else {
                    next[at + 1] = row[at] && (byte == other[at] || byte == mark || other[at] == mark)
                }
            }
            row = next
        }
        return row[other.count]
    }

    /// The text with each `${…}` as a `*`; one that is not closed runs to the end.
    static func opened(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            result += rest[..<start.lowerBound] + "*"
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else { return result }
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    /// The candidate that is least letters away from the text; nil where none is near.
    static func nearest(_ text: String, among candidates: [String]) -> String? {
        let wanted = Array(text.lowercased().utf8)
        let limit = max(1, min(4, wanted.count / 3))
        var best: (name: String, distance: Int)?
        for candidate in candidates where abs(candidate.utf8.count - wanted.count) <= limit {
            let distance = distance(wanted, Array(candidate.lowercased().utf8))
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var row = Array(0...other.count)
        for (index, byte) in one.enumerated() {
            var previous = row[0]
            row[0] = index + 1
            for at in other.indices {
                let above = row[at + 1]
                row[at + 1] = min(above + 1, row[at] + 1, previous + (byte == other[at] ? 0 : 1))
                previous = above
            }
        }
        return row[other.count]
    }
}
