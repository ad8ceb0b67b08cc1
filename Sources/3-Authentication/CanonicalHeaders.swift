import HTTP
import World

/// The signed header lines: names in lower case, values trimmed, blanks folded, lines of one name joined by commas.
enum CanonicalHeaders {
    /// Appends `name:value\n` for each name of `signedHeaders` (`host;x-amz-date`, in lower case), in the order listed.
    static func append(_ signedHeaders: ArraySlice<UInt8>, of head: RequestHead, to canonical: inout [UInt8]) {
        let names = signedHeaders.span
        var start = 0
        while true {
            let end = names.firstIndex(of: UInt8(ascii: ";"), in: start..<names.count) ?? names.count
            appendLine(names.extracting(start..<end), of: head, to: &canonical)
            if end == names.count { return }
            start = end + 1
        }
    }

    private static func appendLine(_ wanted: Span<UInt8>, of head: RequestHead, to canonical: inout [UInt8]) {
        canonical.append(copying: wanted)
        canonical.append(UInt8(ascii: ":"))
        var first = true
        let all = head.raw
        let raw = all.span
        for field in head.fields where field.name.count == wanted.count && same(raw.extracting(field.name), wanted) {
            if !first { canonical.append(UInt8(ascii: ",")) }
            first = false
            appendFolded(raw.extracting(field.value), to: &canonical)
        }
        canonical.append(UInt8(ascii: "\n"))
    }

    static func contains(_ name: ArraySlice<UInt8>, in signedHeaders: ArraySlice<UInt8>) -> Bool {
        let (names, wanted) = (signedHeaders.span, name.span)
        var start = 0
        while true {
            let end = names.firstIndex(of: UInt8(ascii: ";"), in: start..<names.count) ?? names.count
            if same(names.extracting(start..<end), wanted) { return true }
            if end == names.count { return false }
            start = end + 1
        }
    }

    /// Whether both are the same, ASCII letters compared without case.
    static func same(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        for index in left.indices {
            if left[index] != right[index], lower(left[index]) != lower(right[index]) { return false }
        }
        return true
    }

    @inline(__always) static func lower(_ byte: UInt8) -> UInt8 { byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte }

    @inline(__always) static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (9...13).contains(byte)
    }

    /// ASCII letters in lower case; the usual case, nothing to change, is no copy.
    static func lowered(_ names: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let bytes = names.span
        for index in bytes.indices where lower(bytes[index]) != bytes[index] { return names.map(lower)[...] }
        return names
    }

    private static func appendFolded(_ value: Span<UInt8>, to canonical: inout [UInt8]) {
        if isFolded(value) {
            canonical.append(copying: value)
            return
        }
        var pending = false
        var begun = false
        for index in value.indices {
            let byte = value[index]
            if isBlank(byte) {
                pending = begun
                continue
            }
            if pending { canonical.append(0x20) }
            pending = false
            begun = true
            canonical.append(byte)
        }
    }

    /// Whether every blank is a single space between other bytes.
    private static func isFolded(_ bytes: Span<UInt8>) -> Bool {
        var start = 0
        while let index = bytes.firstIndex(below: 0x20, or: 0x20, in: start..<bytes.count) {
            start = index + 1
            if !isBlank(bytes[index]) { continue }
            guard bytes[index] == 0x20, index > 0, start < bytes.count, !isBlank(bytes[start]) else { return false }
        }
        return true
    }
}
