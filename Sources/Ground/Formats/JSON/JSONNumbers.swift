extension JSONReader {
    /// Consumes a number and returns where its text lies.
    public mutating func readNumberRange() throws(JSONError) -> Range<Int> {
        let kind = try peek()
        guard kind == .number else { throw JSONError(.wrongKind(expected: .number, found: kind), at: offset) }
        let start = offset
        var at = start
        if bytes[at] == UInt8(ascii: "-") { at += 1 }
        if at < bytes.count, bytes[at] == UInt8(ascii: "0") {
            at += 1
        } else {
            at = try digits(from: at, of: start)
        }
        if at < bytes.count, bytes[at] == UInt8(ascii: ".") { at = try digits(from: at + 1, of: start) }
        if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at += 1 }
            at = try digits(from: at, of: start)
        }
        if at < bytes.count, JSONReader.continuesNumber(bytes[at]) { throw JSONError(.invalidNumber, at: start) }
        offset = at
        isFirst = false
        return start..<at
    }

    /// The number exactly as written.
    public mutating func readNumberText() throws(JSONError) -> String {
        String(decoding: bytes[try readNumberRange()], as: UTF8.self)
    }

    /// A whole number without fraction or exponent; anything else is `invalidNumber` or `numberOutOfRange`.
    public mutating func readInt64() throws(JSONError) -> Int64 {
        let range = try readNumberRange()
        let isNegative = bytes[range.lowerBound] == UInt8(ascii: "-")
        var value: Int64 = 0
        for index in (isNegative ? range.lowerBound + 1 : range.lowerBound)..<range.upperBound {
            let digit = Int64(bytes[index]) - 0x30
            guard (0...9).contains(digit) else { throw JSONError(.invalidNumber, at: range.lowerBound) }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowed) =
                isNegative ? shifted.subtractingReportingOverflow(digit) : shifted.addingReportingOverflow(digit)
            guard !overflow, !overflowed else { throw JSONError(.numberOutOfRange, at: range.lowerBound) }
            value = sum
        }
        return value
    }

    /// The nearest double; `numberOutOfRange` where that is infinite.
    public mutating func readDouble() throws(JSONError) -> Double {
        let range = try readNumberRange()
        guard let value = Double(String(decoding: bytes[range], as: UTF8.self)), value.isFinite else {
            throw JSONError(.numberOutOfRange, at: range.lowerBound)
        }
        return value
    }

    /// Passes one digit or more.
    private func digits(from: Int, of start: Int) throws(JSONError) -> Int {
        var at = from
        while at < bytes.count, (0x30...0x39).contains(bytes[at]) { at += 1 }
        guard at > from else { throw JSONError(.invalidNumber, at: start) }
        return at
    }

    private static func continuesNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }
}
