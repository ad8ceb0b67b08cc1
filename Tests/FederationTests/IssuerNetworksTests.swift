import Testing

@testable import Federation

/// Defends: the server asks issuers on the open Internet, and elsewhere only where its operator said so.
@Suite struct IssuerNetworksTests {
    private func takes(_ address: String, _ networks: IssuerNetworks, isLoopback: Bool = false) -> Bool? {
        ProviderFetch(networks).mayHave(address, isLoopback: isLoopback)
    }

    private static let own = [
        "10.0.0.1", "10.255.255.255", "100.64.0.1", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255", "fc00::1", "fdff::1", "fec0::1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "2002:a00:1::1",
        "::10.0.0.1", "192.0.2.1", "198.51.100.255", "203.0.113.1", "100::1", "2001::1", "2001:0:ffff::1", "2001:2::1",
        "2001:db8::1", "3fff:fff::1", "5f00::1",
    ]
    private static let open = [
        "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1", "192.0.1.1",
        "192.167.1.1",
        "198.17.0.1", "198.20.0.1", "2606:4700::1", "192.0.3.1", "198.51.99.1", "198.51.101.1", "203.0.112.1",
        "203.0.114.1", "100:0:0:1::1",
        "2001:1::1", "2001:2:1::1", "2001:3::1", "2001:db7::1", "2001:db9::1", "3ffe::1", "3fff:1000::1", "5eff::1",
        "5f01::1", "fb00::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
        "2002:808:808::1",
    ]
    private static let nobodys = [
        "0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
        "255.255.255.255",
        "100.100.100.200", "192.0.0.192", "::", "::2", "fe80::1", "febf::1", "ff02::1", "fd00:ec2::254",
        "fd20:ce::254", "fd00:c1::a9fe:a9fe", "fd00:42::42", "168.63.129.16", "64:ff9b:1::1", "64:ff9b:1::8.8.8.8",
        "64:ff9b:1:ffff::a9fe:a9fe", "64:ff9b::168.63.129.16",
        "::ffff:169.254.169.254", "64:ff9b::169.254.169.254", "2002:a9fe:a9fe::1",
    ]
    private static let here = [
        "127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1", "2002:7f00:1::",
    ]

    @Test(arguments: own) func networksOfOnesOwnMustBeNamed(_ address: String) throws {
        #expect(takes(address, .none) == false)
        #expect(takes(address, .loopback) == false)
        #expect(takes(address, .loopback, isLoopback: true) == false)
        let named = try #require(
            IssuerNetworks(
                "10.0.0.0/8,100.64.0.0/10,172.16.0.0/12,192.0.0.0/16,192.168.0.0/16,198.18.0.0/15,fc00::/7,fec0::/10,"
                    + "198.51.100.0/24,203.0.113.0/24,100::/64,2001::/32,2001:2::/48,2001:db8::/32,3fff::/20,5f00::/16")
        )
        #expect(takes(address, named) == true)
    }

    @Test(arguments: open) func theInternetIsOpen(_ address: String) {
        #expect(takes(address, .none) == true)
        #expect(takes(address, .loopback, isLoopback: true) == false)
    }

    @Test(arguments: nobodys) func someAddressesNoIssuerHas(_ address: String) throws {
        let everything = try #require(IssuerNetworks("loopback,0.0.0.0/0,::/0"))
        #expect(takes(address, everything) == false)
        #expect(takes(address, everything, isLoopback: true) == false)
    }

    @Test(arguments: here) func thisMachineIsForIssuersOnIt(_ address: String) throws {
        #expect(takes(address, .loopback, isLoopback: true) == true)
        #expect(takes(address, .none, isLoopback: true) == false)
        // A name elsewhere that leads here.
        #expect(takes(address, .loopback) == false)
        #expect(takes(address, try #require(IssuerNetworks("loopback,127.0.0.0/8,::/0"))) == false)
    }

    @Test func prefixesEndWhereTheySay() throws {
        let networks = try #require(IssuerNetworks("10.20.0.0/15,fd12:3456::/33"))
        #expect(takes("10.20.0.1", networks) == true && takes("10.21.255.255", networks) == true)
        #expect(takes("10.22.0.0", networks) == false && takes("10.19.255.255", networks) == false)
        #expect(takes("fd12:3456:7fff::1", networks) == true && takes("fd12:3456:8000::1", networks) == false)
        #expect(takes("10.0.0.1", try #require(IssuerNetworks("10.0.0.1/32"))) == true)
        #expect(takes("10.0.0.2", try #require(IssuerNetworks("10.0.0.1/32"))) == false)
    }

    @Test func lists() {
        #expect(IssuerNetworks("none") == IssuerNetworks.none)
        #expect(IssuerNetworks("loopback") == .loopback)
        for bad in [
            "", "private", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.1/8",
            "10.0.0/8",
            "fd00::/129", "fd00::1/64", "loopback,", ",loopback", "none,loopback", "loopback, 10.0.0.0/8",
            "10.0.0.0/8/8",
        ] {
            #expect(IssuerNetworks(bad) == nil, "\(bad)")
        }
    }

    @Test func issuersOnThisMachine() throws {
        for url in ["http://127.0.0.1:8080", "https://localhost/a", "http://[::1]"] {
            let issuer = try #require(IssuerURL(url))
            #expect(ProviderFetch(.loopback).takes(issuer) && !ProviderFetch(.none).takes(issuer))
        }
        #expect(ProviderFetch(.none).takes(try #require(IssuerURL("https://id.example.com"))))
    }
}
