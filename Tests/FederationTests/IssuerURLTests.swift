import Federation
import Testing

/// Defends: an issuer is one place, written in one way.
@Suite struct IssuerURLTests {
    @Test(arguments: [
        "https://id.example.com", "https://id.example.com/tenant/v2.0", "https://id.example.com:8443/a/",
        "https://[::1]/a",
        "http://127.0.0.1:4566/a", "http://localhost", "http://a.localhost:80/x", "http://[::1]:1",
    ])
    func issuers(_ text: String) throws {
        let issuer = try #require(IssuerURL(text))
        #expect(issuer.description == text)
    }

    @Test(arguments: [
        "", "https://", "http://id.example.com", "ftp://id.example.com", "HTTPS://id.example.com",
        "https:/id.example.com",
        "https://u@id.example.com", "https://id.example.com?a=b", "https://id.example.com#a",
        "https://id.example.com/a//b",
        "https://id.example.com/a/../b", "https://id.example.com/./b", "https://id.example.com/%2e",
        "https://.example.com",
        "https://a..example.com", "https://id.example.com:0", "https://id.example.com:65536",
        "https://id.example.com:a",
        "https://[::1", "https://[::1]x", "https://id.example.com/\n", "https://id.example.com/ä",
        "http://127.0.0.1.example.com", "http://127.0.0.256", "http://127.1", "http://0x7f.0.0.1",
        "https://id.example.com/" + String(repeating: "a", count: 255),
    ])
    func otherTexts(_ text: String) { #expect(IssuerURL(text) == nil) }

    @Test func thePortThatGoesWithoutSaying() throws {
        for (text, kept) in [
            ("https://id.example.com:443", "https://id.example.com"),
            ("https://id.example.com:443/a/", "https://id.example.com/a/"), ("https://[::1]:443/a", "https://[::1]/a"),
            ("https://id.example.com:8443", "https://id.example.com:8443"),
            ("http://localhost:443", "http://localhost:443"),
            ("https://id.example.com/a:443", "https://id.example.com/a:443"), ("https://[::443]", "https://[::443]"),
        ] {
            let issuer = try #require(IssuerURL(text)).withoutUsualPort
            #expect(issuer.description == kept)
            #expect(kept.hasSuffix("://" + issuer.name))
        }
    }
}
