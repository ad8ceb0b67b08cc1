/// Reads the header of a part of a form.
/// - Source: RFC 7578, 4.2 to 4.8; RFC 9110, 5.6.4.
enum FormPartHeader {
    /// - Parameter lines: without the empty one at their end.
    static func part(_ lines: ArraySlice<UInt8>) throws(WireError) -> FormPart {
        var disposition: ArraySlice<UInt8>?
        var rest = lines
        while !rest.isEmpty {
            let end = rest.firstIndex(of: 13) ?? rest.endIndex
            let line = rest[..<end]
            rest = rest[min(end + 2, rest.endIndex)...]
            guard line.allSatisfy({ ($0 >= 0x20 || $0 == 0x09) && $0 != 0x7F }),
                let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex
            else { throw .malformedForm }
            let (name, value) = (line[..<colon], line[(colon + 1)...])
            if RESTParameters.isSame(name, dispositionName[...]) {
                guard disposition == nil else { throw .malformedForm }
                disposition = value
            } else if RESTParameters.isSame(name, encodingName[...]) {
                // Content in another form would be stored as it is and be none of what was meant.
                guard plainEncodings.contains(where: { RESTParameters.isSame(trimmed(value), Array($0.utf8)[...]) })
                else { throw .malformedForm }
            }
        }
        guard let disposition else { throw .malformedForm }
        return try part(disposition: disposition)
    }

    private static let dispositionName = Array("content-disposition".utf8)
    private static let encodingName = Array("content-transfer-encoding".utf8)
    private static let plainEncodings = ["7bit", "8bit", "binary"]

    /// `form-data; name="key"; filename="a.txt"`.
    private static func part(disposition: ArraySlice<UInt8>) throws(WireError) -> FormPart {
        var rest = trimmed(disposition)
        let kind = rest.prefix { $0 != UInt8(ascii: ";") }
        guard RESTParameters.isSame(trimmed(kind), Array("form-data".utf8)[...]) else { throw .malformedForm }
        rest = rest[kind.endIndex...]
        var (name, fileName): (String?, String?)
        while let next = try parameter(&rest) {
            switch next.name {
            case "name":
                guard name == nil, !next.value.isEmpty else { throw .malformedForm }
                name = next.value
            case "filename":
                guard fileName == nil else { throw .malformedForm }
                fileName = next.value
            default: continue
            }
        }
        guard let name else { throw .malformedForm }
        return FormPart(name: name, fileName: fileName)
    }

    /// The next `; name=value`; nil at the end.
    private static func parameter(_ rest: inout ArraySlice<UInt8>) throws(WireError) -> (name: String, value: String)? {
        rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
        guard let first = rest.first else { return nil }
        guard first == UInt8(ascii: ";") else { throw .malformedForm }
        rest = rest.dropFirst().drop { $0 == 0x20 || $0 == 0x09 }
        if rest.isEmpty { return nil }
        let name = rest.prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ";") }
        rest = rest[name.endIndex...]
        guard rest.first == UInt8(ascii: "=") else { throw .malformedForm }
        rest = rest.dropFirst()
        let value = rest.first == UInt8(ascii: "\"") ? try quoted(&rest) : bare(&rest)
        guard let text = String(validating: value, as: UTF8.self), let key = String(validating: name, as: UTF8.self)
        else {
            throw .malformedForm
        }
        return (String(key.lowercased().filter { $0 != " " && $0 != "\t" }), text)
    }

    private static func bare(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
        let value = rest.prefix { $0 != UInt8(ascii: ";") }
        rest = rest[value.endIndex...]
        return Array(trimmed(value))
    }

    /// A backslash is one, as in the paths that old browsers send, but before a quote.
    private static func quoted(_ rest: inout ArraySlice<UInt8>) throws(WireError) -> [UInt8] {
        rest = rest.dropFirst()
        var value: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") { return value }
            if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "\""), rest.count > 1 {
                value.append(UInt8(ascii: "\""))
                rest = rest.dropFirst()
            } else {
                value.append(byte)
            }
        }
        throw .malformedForm
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text.drop { $0 == 0x20 || $0 == 0x09 }
        while text.last == 0x20 || text.last == 0x09 { text.removeLast() }
        return text
    }
}
