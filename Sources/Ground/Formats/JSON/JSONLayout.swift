/// Writes JSON another way, without changing what it says.
public enum JSONLayout {
    /// The same text in ASCII: other characters, which can stand in strings only, are written `\uXXXX`.
    public static func ascii(_ json: [UInt8]) -> [UInt8] {
        guard json.contains(where: { $0 >= 0x80 }) else { return json }
        var result: [UInt8] = []
        result.reserveCapacity(json.count + 16)
        for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
            if scalar.isASCII {
                result.append(UInt8(truncatingIfNeeded: scalar.value))
                continue
            }
            for unit in UTF16.encode(scalar).map(Array.init) ?? [] {
                let digits = String(unit, radix: 16)
                result += Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
            }
        }
        return result
    }

    /// One member or element on each line, two spaces for each container around it; white space between values of
    /// `json`, which must be valid, is replaced.
    public static func indented(_ json: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var depth = 0
        var isInString = false
        var isEscaped = false
        func newLine(_ depth: Int, _ result: inout [UInt8]) {
            result.append(0x0A)
            result.append(contentsOf: repeatElement(0x20, count: 2 * max(depth, 0)))
        }
        for byte in json {
            if isInString {
                result.append(byte)
                if !isEscaped, byte == UInt8(ascii: "\"") { isInString = false }
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                continue
            }
            switch byte {
            case 0x20, 0x0A, 0x0D, 0x09: continue
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                result.append(byte)
                depth += 1
                newLine(depth, &result)
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                trimLine(&result)
                if let last = result.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "[") {
                    newLine(depth, &result)
                }
                result.append(byte)
            case UInt8(ascii: ","):
                result.append(byte)
                newLine(depth, &result)
            case UInt8(ascii: ":"): result += [byte, 0x20]
            default:
                isInString = byte == UInt8(ascii: "\"")
                result.append(byte)
            }
        }
        return result
    }

    /// Takes back a line that was begun: the container is empty.
    private static func trimLine(_ result: inout [UInt8]) {
        var end = result.count
        while end > 0, result[end - 1] == 0x20 { end -= 1 }
        guard end > 0, result[end - 1] == 0x0A, end > 1 else { return }
        let opening = result[end - 2]
        if opening == UInt8(ascii: "{") || opening == UInt8(ascii: "[") { result.removeLast(result.count - end + 1) }
    }
}
