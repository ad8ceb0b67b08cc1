/// How the engine reads the operands of conditions, for those who tell people about policies.
public enum OperandReading {
    /// An address with its prefix length, host bits kept.
    public struct Network: Sendable, Hashable {
        /// The address, IPv4 in its lowest 32 bits.
        public let bits: UInt128
        /// Of the prefix, in bits.
        public let length: Int
        /// False for IPv6.
        public let isIPv4: Bool

        /// How many bits an address of the family has.
        public var width: Int { isIPv4 ? 32 : 128 }
        /// The bits of the network itself.
        public var network: UInt128 { length == 0 ? 0 : (bits >> UInt128(width - length)) << UInt128(width - length) }
        /// Whether bits behind the prefix are set.
        public var hasHostBits: Bool { bits != network }
    }

    /// Whether a Numeric operator can compare the text.
    public static func isNumber(_ text: String) -> Bool { ExactDecimal(text) != nil }

    /// Nil where one is no number.
    public static func isLess(_ one: String, than other: String) -> Bool? {
        guard let one = ExactDecimal(one), let other = ExactDecimal(other) else { return nil }
        return one < other
    }

    /// Whether a Date operator can compare the text.
    public static func isDate(_ text: String) -> Bool { DateValue(text) != nil }

    /// Nil where the text is no address or network.
    public static func network(_ text: String) -> Network? {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let length = parts.count == 2 ? Int(parts[1]) : nil
        guard parts.count == 1 || length != nil else { return nil }
        let (bits, width): (UInt128, Int)
        switch IPNetwork(parts[0]) {
        case .v4(let address, _): (bits, width) = (UInt128(address), 32)
        case .v6(let address, _): (bits, width) = (address, 128)
        case nil: return nil
        }
        let prefix = length ?? width
        guard (0...width).contains(prefix) else { return nil }
        return Network(bits: bits, length: prefix, isIPv4: width == 32)
    }

    /// Whether the services that resource control policies reach include the one of that prefix.
    public static func isReachedByRCPs(_ prefix: String) -> Bool { RCPFormat.services.contains(prefix.lowercased()) }
}
