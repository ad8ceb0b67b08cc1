/// Dates that IAM stores: whole seconds since 1970, dates that convert, and what its old parser lets through although it
/// is not written out (a year alone, `01T`, years before 1000). A fraction has at most nine digits.
///
/// A stored date that does not convert matches nothing when evaluated.
enum StorableDate {
    static func accepts(_ text: String) -> Bool {
        if let seconds = Int64(text), seconds >= 0 { return true }
        let fraction = text.utf8.drop { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: ",") }.dropFirst()
        let hasLongFraction = fraction.prefix { (0x30...0x39).contains($0) }.count > 9
        return DateValue(text) != nil && !hasLongFraction || acceptsLoosely(text)
    }

    private static func acceptsLoosely(_ text: String) -> Bool {
        var rest = ASCII.lowercased(text)[...].utf8
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        let date = rest.prefix { $0 != UInt8(ascii: "t") }
        let fields = date.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard (1...3).contains(fields.count), number(fields[0], isNegative ? 0...292_275_054 : 0...292_278_993),
            fields.count < 2 || number(fields[1], 1...12), fields.count < 3 || number(fields[2], 1...31)
        else { return false }
        let time = rest.dropFirst(date.count + 1)
        return time.isEmpty || acceptsTime(time)
    }

    private static func acceptsTime(_ text: Substring.UTF8View) -> Bool {
        let sign = text.firstIndex { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "z") }
        let fields = text[..<(sign ?? text.endIndex)].split(
            separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard fields.count <= 3, number(fields[0], 0...23), fields.count < 2 || number(fields[1], 0...59) else {
            return false
        }
        if fields.count == 3 {
            let seconds = fields[2].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            guard seconds.count <= 2, number(seconds[0], 0...59),
                seconds.count < 2 || number(seconds[1], 0...999_999_999)
            else { return false }
        }
        guard let sign else { return true }
        let zone = text[text.index(after: sign)...]
        guard text[sign] != UInt8(ascii: "z") else { return zone.isEmpty }
        let parts = zone.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        return parts.count <= 2 && parts.allSatisfy { $0.count == 2 } && number(parts[0], 0...23)
            && (parts.count < 2 || number(parts[1], 0...59))
    }

    private static func number(_ digits: Substring.UTF8View, _ range: ClosedRange<Int>) -> Bool {
        guard (1...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
        return range.contains(digits.reduce(0) { $0 * 10 + Int($1 - 0x30) })
    }
}
