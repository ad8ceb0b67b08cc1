/// An address of a request. An IPv4-mapped IPv6 address counts as IPv4.
enum IPAddress: Sendable, Hashable {
    case v4(UInt32)
    case v6(UInt128)

    init?(_ text: String) {
        if let address = IPText.v4(text[...].utf8) {
            self = .v4(address)
            return
        }
        guard let address = IPText.v6(text) else { return nil }
        self = address >> 32 == 0xFFFF ? .v4(UInt32(truncatingIfNeeded: address)) : .v6(address)
    }
}

/// A network of a policy, such as `203.0.113.0/24`; without a prefix length, one address.
///
/// IPv4 host bits are ignored; an IPv6 network with host bits set is no network.
enum IPNetwork: Sendable, Hashable {
    case v4(UInt32, length: Int)
    case v6(UInt128, length: Int)

    init?(_ text: String) {
        let slash = text.utf8.firstIndex(of: UInt8(ascii: "/"))
        let address = text[..<(slash ?? text.endIndex)]
        var length: Int?
        if let slash {
            guard let value = IPNetwork.prefixLength(text[text.utf8.index(after: slash)...].utf8) else { return nil }
            length = value
        }
        if let network = IPText.v4(address.utf8) {
            guard length ?? 32 <= 32 else { return nil }
            self = .v4(network, length: length ?? 32)
            return
        }
        let bits = length ?? 128
        guard bits <= 128, let network = IPText.v6(String(address)) else { return nil }
        guard bits == 128 || network << UInt128(bits) == 0 else { return nil }
        self = .v6(network, length: bits)
    }

    func contains(_ address: IPAddress) -> Bool {
        switch (self, address) {
        case (.v4(let network, let length), .v4(let address)):
            length == 0 || (network ^ address) >> UInt32(32 - length) == 0
        case (.v6(let network, let length), .v6(let address)):
            length == 0 || (network ^ address) >> UInt128(128 - length) == 0
        default: false
        }
    }

    /// Decimal, with an optional `+` and leading zeros.
    private static func prefixLength(_ text: Substring.UTF8View) -> Int? {
        let digits = text.first == UInt8(ascii: "+") ? text.dropFirst() : text
        guard !digits.isEmpty, digits.count <= 9, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}

private enum IPText {
    /// Four decimal octets; leading zeros do not make them octal.
    static func v4(_ text: Substring.UTF8View) -> UInt32? {
        var address: UInt32 = 0
        let octets = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard octets.count == 4 else { return nil }
        for octet in octets {
            guard !octet.isEmpty, octet.count <= 9 else { return nil }
            var value: UInt32 = 0
            for digit in octet {
                guard (0x30...0x39).contains(digit) else { return nil }
                value = value * 10 + UInt32(digit - 0x30)
            }
            guard value <= 255 else { return nil }
            address = address << 8 | value
        }
        return address
    }

    /// RFC 4291 text, with at most one `::` and an optional dotted end.
    static func v6(_ text: String) -> UInt128? {
        guard let gap = text.firstRange(of: "::") else {
            guard let groups = groups(text[...]), groups.count == 8 else { return nil }
            return joined(groups)
        }
        guard let before = groups(text[..<gap.lowerBound]), let after = groups(text[gap.upperBound...]),
            before.count + after.count < 8
        else { return nil }
        return joined(before + Array(repeating: 0, count: 8 - before.count - after.count) + after)
    }

    private static func joined(_ groups: [UInt16]) -> UInt128 { groups.reduce(0) { $0 << 16 | UInt128($1) } }

    private static func groups(_ text: Substring) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var result: [UInt16] = []
        let pieces = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, piece) in pieces.enumerated() {
            if index == pieces.count - 1, piece.utf8.contains(UInt8(ascii: ".")) {
                guard let address = v4(piece.utf8) else { return nil }
                result += [UInt16(address >> 16), UInt16(truncatingIfNeeded: address)]
                continue
            }
            guard (1...4).contains(piece.utf8.count), piece.utf8.first != UInt8(ascii: "+"),
                let group = UInt16(piece, radix: 16)
            else { return nil }
            result.append(group)
        }
        return result
    }
}
