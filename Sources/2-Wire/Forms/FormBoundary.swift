/// The boundary between the parts of a form, as the request's content type names it.
/// - Source: RFC 2046, 5.1.1; RFC 7578, 4.1.
public struct FormBoundary: Sendable {
    /// What stands between the end of a part and what follows it: a line end, two hyphens, the boundary.
    let delimiter: [UInt8]

    private static let longest = 70
    private static let formType = "multipart/form-data"

    /// Whether a content type is that of a form with files, whatever it says of the boundary.
    public static func isForm(_ contentType: String) -> Bool {
        trimmed(contentType.prefix { $0 != ";" }).lowercased() == formType
    }

    /// Nil where it names no boundary, or none that can be.
    public init?(contentType: String) {
        guard let boundary = FormBoundary.boundary(in: contentType),
            (1...FormBoundary.longest).contains(boundary.count),
            boundary.allSatisfy(FormBoundary.isPart), boundary.last != 0x20
        else { return nil }
        delimiter = Array("\r\n--".utf8) + boundary
    }

    private static func boundary(in contentType: String) -> [UInt8]? {
        var found: [UInt8]?
        for parameter in contentType.split(separator: ";").dropFirst() {
            let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, trimmed(parts[0]).lowercased() == "boundary" else { continue }
            // Two boundaries are two ways to read the body.
            guard found == nil else { return nil }
            var value = trimmed(parts[1])
            if value.hasPrefix("\"") {
                guard value.utf8.count >= 2, value.hasSuffix("\"") else { return nil }
                value = value.dropFirst().dropLast()
            }
            found = Array(value.utf8)
        }
        return found
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "'()+_,-./:=? ".utf8.contains(byte)
        }
    }
}
