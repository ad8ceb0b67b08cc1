import Testing

import Edge

struct ListenAddressTests {
    /// Defends: what an operator writes is what is bound.
    @Test func parses() throws {
        #expect(try ListenAddress("127.0.0.1:4566") == ListenAddress(host: "127.0.0.1", port: 4566))
        #expect(try ListenAddress("[::1]:0") == ListenAddress(host: "::1", port: 0))
        #expect(try ListenAddress("localhost:80") == ListenAddress(host: "127.0.0.1", port: 80))
        #expect(try ListenAddress("*:80") == ListenAddress(host: "::", port: 80))
        #expect(try ListenAddress("[::1]:443").description == "[::1]:443")
    }

    /// Defends: what cannot be bound is refused with a reason.
    @Test(arguments: [
        "", "127.0.0.1", "127.0.0.1:", ":80", "a.example:80", "::1:80", "[::1]", "1.2.3.4:65536", "1.2.3.4:+1",
        "[1.2.3.4]:1",
    ])
    func refuses(_ text: String) {
        #expect(throws: ListenAddress.Malformed.self) { try ListenAddress(text) }
    }
}
