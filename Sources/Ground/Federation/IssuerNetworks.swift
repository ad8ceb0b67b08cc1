import CCurl

/// Where issuers may be besides the open Internet: networks of somebody's own, and this machine.
///
/// Whoever administers an account names issuers, and the server asks them. What only the server can reach is for the server's
/// operator to offer.
/// - Source: Decision 0013; OWASP, "Server-Side Request Forgery Prevention".
public struct IssuerNetworks: Sendable, Hashable {
    /// Addresses that begin with the same bits.
    struct Block: Sendable, Hashable {
        let address: [UInt8]
        let prefix: Int
    }

    /// Whether issuers may be on this machine, which may speak HTTP.
    public let haveLoopback: Bool
    let blocks: [Block]

    /// The open Internet alone.
    public static let none = IssuerNetworks(haveLoopback: false, [])
    /// And this machine.
    public static let loopback = IssuerNetworks(haveLoopback: true, [])

    private init(haveLoopback: Bool, _ blocks: [Block]) { (self.haveLoopback, self.blocks) = (haveLoopback, blocks) }

    /// A list with commas: `loopback`, and networks such as `10.0.0.0/8` or `fd00:1::/48`; or `none`. Nil for anything else.
    public init?(_ text: String) {
        guard text != "none" else {
            self = .none
            return
        }
        var (haveLoopback, blocks): (Bool, [Block]) = (false, [])
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            if part == "loopback" {
                haveLoopback = true
            } else {
                guard let block = Block(part) else { return nil }
                blocks.append(block)
            }
        }
        self.init(haveLoopback: haveLoopback, blocks)
    }

    /// As C reads them; they live as long as the call.
    func withBlocks<Result>(_ body: (UnsafeBufferPointer<gh_network>) -> Result) -> Result {
        let networks = blocks.map { block in
            var network = gh_network()
            network.prefix = Int32(block.prefix)
            withUnsafeMutableBytes(of: &network.address) { $0.copyBytes(from: block.address) }
            return network
        }
        return networks.withUnsafeBufferPointer(body)
    }
}

extension IssuerNetworks.Block {
    /// Nil unless it is an address and a number of bits, with no bit set behind them.
    init?(_ text: Substring) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        var address = [UInt8](repeating: 0, count: 16)
        guard parts.count == 2, let bits = Int(parts[1]), parts[1].allSatisfy(\.isNumber) else { return nil }
        let family = gh_fetch_address(String(parts[0]), &address)
        let before = family == 4 ? 96 : 0
        guard family != 0, (0...(128 - before)).contains(bits) else { return nil }
        let prefix = before + bits
        for bit in prefix..<128 where address[bit / 8] & (0x80 >> UInt8(bit % 8)) != 0 { return nil }
        (self.address, self.prefix) = (address, prefix)
    }
}
