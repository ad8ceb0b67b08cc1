/// Addresses as few, narrow networks.
enum AddressRanges {
    /// Each IPv4 address by itself and each IPv6 address's /64, while there are at most `most`; then the /24s of the IPv4
    /// addresses; none where even those are more. What is no address makes the answer empty: nothing can be said.
    static func narrow(_ addresses: [String], most: Int) -> [String] {
        var singles: Set<ExactText> = []
        var wide: Set<ExactText> = []
        for address in Set(addresses) {
            if let octets = octets(address) {
                singles.insert(ExactText(dotted(octets) + "/32"))
                wide.insert(ExactText(dotted(octets.prefix(3) + [0]) + "/24"))
            } else if let network = network64(address) {
                singles.insert(ExactText(network))
                wide.insert(ExactText(network))
            } else {
                return []
            }
        }
        let chosen = singles.count <= most ? singles : wide
        return chosen.count <= most ? chosen.sorted().map(\.text) : []
    }

    private static func dotted(_ octets: some Sequence<UInt8>) -> String {
        octets.map(String.init).joined(separator: ".")
    }

    /// Of a dotted IPv4 address, also where IPv6 text maps it.
    private static func octets(_ text: String) -> [UInt8]? {
        let dotted = text.lowercased().hasPrefix("::ffff:") ? text.dropFirst("::ffff:".count) : text[...]
        let parts = dotted.split(separator: ".", omittingEmptySubsequences: false)
        let octets = parts.compactMap { UInt8($0) }
        return parts.count == 4 && octets.count == 4 ? octets : nil
    }

    /// The network of the upper four groups; nil for what is no plain IPv6 address.
    private static func network64(_ text: String) -> String? {
        guard text.contains(":"), !text.contains(".") else { return nil }
        let halves = text.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false).map { half in
            half.split(separator: ":", omittingEmptySubsequences: true).map { UInt16($0, radix: 16) }
        }
        guard halves.joined().allSatisfy({ $0 != nil }) else { return nil }
        let before = halves[0].compactMap { $0 }
        let after = halves.count == 2 ? halves[1].compactMap { $0 } : []
        guard halves.count == 2 ? before.count + after.count < 8 : before.count == 8 else { return nil }
        let groups = before + Array(repeating: 0, count: 8 - before.count - after.count) + after
        return groups.prefix(4).map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
    }
}
