/// An IP address as its bits, 32 or 128 of them. Specification 4.7, "IP".
struct Address {
    var bits: [Bool]

    init?(_ text: String) {
        guard let bits = text.contains(":") ? Address.six(text) : Address.four(text) else { return nil }
        self.bits = bits
    }

    /// IPv4-mapped IPv6 addresses of requests count as IPv4.
    var unmapped: Address {
        let mapped = Array(repeating: false, count: 80) + Array(repeating: true, count: 16)
        guard bits.count == 128, Array(bits[..<96]) == mapped else { return self }
        var address = self
        address.bits = Array(bits[96...])
        return address
    }

    /// A number that is written in digits alone, leading zeros and all.
    static func number(_ text: some StringProtocol, radix: Int = 10, upTo limit: Int) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 20, text.unicodeScalars.allSatisfy({ $0.properties.isASCIIHexDigit }),
            let value = Int(text, radix: radix), value <= limit
        else { return nil }
        return value
    }

    private static func bits(_ value: Int, _ count: Int) -> [Bool] {
        (0..<count).reversed().map { value >> $0 & 1 == 1 }
    }

    private static func four(_ text: String) -> [Bool]? {
        let octets = text.split(separator: ".", omittingEmptySubsequences: false).map { number($0, upTo: 255) }
        guard octets.count == 4, !octets.contains(nil) else { return nil }
        return octets.flatMap { bits($0 ?? 0, 8) }
    }

    private static func six(_ text: String) -> [Bool]? {
        // What stands before and after `::`, which may stand once.
        var halves: [[String]] = [[]]
        var rest = text[...]
        while let colon = rest.firstRange(of: "::") {
            halves[halves.count - 1] = groups(rest[..<colon.lowerBound])
            halves.append([])
            rest = rest[colon.upperBound...]
        }
        halves[halves.count - 1] = groups(rest)
        guard halves.count <= 2 else { return nil }
        var read: [[Bool]] = []
        for (half, groups) in halves.enumerated() {
            var bits: [Bool] = []
            for (index, group) in groups.enumerated() {
                let isLast = half == halves.count - 1 && index == groups.count - 1
                if isLast, group.contains("."), let tail = four(group) {
                    bits += tail
                } else if group.utf8.count <= 4, let value = number(group, radix: 16, upTo: 0xFFFF) {
                    bits += Address.bits(value, 16)
                } else {
                    return nil
                }
            }
            read.append(bits)
        }
        guard read.count == 2 else { return read[0].count == 128 ? read[0] : nil }
        let missing = 128 - read[0].count - read[1].count
        return missing > 0 ? read[0] + Array(repeating: false, count: missing) + read[1] : nil
    }

    private static func groups(_ text: Substring) -> [String] {
        text.isEmpty ? [] : text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    }
}

/// The network of a policy: an address, perhaps `/` and a length.
struct Network {
    let bits: [Bool]
    let length: Int

    init?(_ text: String) {
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = halves.first, let address = Address(String(first)) else { return nil }
        bits = address.bits
        guard halves.count == 2 else {
            length = bits.count
            return
        }
        let digits = halves[1].hasPrefix("+") ? halves[1].dropFirst() : halves[1]
        guard let length = Address.number(digits, upTo: bits.count) else { return nil }
        self.length = length
    }

    /// Families never match each other; host bits are ignored in IPv4 and spoil an IPv6 network.
    func contains(_ address: Address) -> Bool {
        guard address.bits.count == bits.count else { return false }
        if bits.count == 128 && bits[length...].contains(true) { return false }
        return Array(address.bits[..<length]) == Array(bits[..<length])
    }
}
