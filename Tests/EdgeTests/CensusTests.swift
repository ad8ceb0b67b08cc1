import Testing

@testable import Edge

/// Defends the places for connections: nobody has all of them, by whatever addresses.
struct CensusTests {
    private func origin(_ bytes: [UInt8]) -> Census.Origin {
        var network: UInt64 = 0
        withUnsafeMutableBytes(of: &network) { $0.copyBytes(from: bytes) }
        return Census.Origin(network: network, host: 0)
    }

    private func limits(_ perAddress: Int, _ perSite: Int) -> EdgeLimits {
        var limits = EdgeLimits()
        (limits.connectionsPerAddress, limits.connectionsPerSite) = (perAddress, perSite)
        return limits
    }

    @Test func aSiteOfManyNetworksHasAShare() throws {
        let census = Census(limit: 100, limits(2, 5))
        let site: [UInt8] = [0x20, 0x01, 0x0D, 0xB8, 0x12, 0x34]
        let networks = (0..<4).map { origin(site + [0, UInt8($0)]) }
        for network in networks.prefix(2) { for _ in 0..<2 { try census.enter(network) } }
        #expect(throws: Refusal.tooManyFromAddress) { try census.enter(networks[0]) }
        try census.enter(networks[2])
        #expect(throws: Refusal.tooManyFromAddress) { try census.enter(networks[3]) }
        // A neighbour's, and those of IPv4, which have none.
        try census.enter(origin([0x20, 0x01, 0x0D, 0xB8, 0x12, 0x35, 0, 0]))
        for host in 1...9 { try census.enter(Census.Origin(network: 0, host: UInt64(host) << 32 | 0xFFFF_0000)) }
        census.leave(networks[0])
        try census.enter(networks[3])
        #expect(throws: Refusal.tooManyFromAddress) { try census.enter(networks[3]) }
    }

    @Test func whoLeavesIsForgotten() throws {
        let census = Census(limit: 100, limits(2, 5))
        let all = [
            origin([1, 2, 3, 4, 5, 6, 7, 8]), origin([1, 2, 3, 4, 5, 6, 7, 9]), Census.Origin(network: 0, host: 7), nil,
        ]
        for one in all { for _ in 0..<2 { try census.enter(one) } }
        #expect(census.listed.addresses == 3 && census.listed.sites == 1)
        for one in all { for _ in 0..<2 { census.leave(one) } }
        #expect(census.listed.addresses == 0 && census.listed.sites == 0)
    }
}
