import Crypto
import Federation
import STSAPI
import Testing
import World

@testable import STSService

/// Defends: what a token with a good signature says counts for whom, and for as long as, it was meant.
@Suite struct WebIdentityTests {
    private static let issuer = IssuerURL("https://id.example.com/tenant")
    private let now = Instant(seconds: 1_000_000)

    private func timed(_ claims: String) throws -> String? {
        do {
            try WebIdentityProof.checkTimes(try Claim.members(Array(claims.utf8)), now)
            return nil
        } catch let error as STS.InvalidIdentityTokenException { return error.message } catch let error
            as STS.ExpiredTokenException
        {
            return error.message
        }
    }

    @Test func theEnd() throws {
        #expect(try timed(#"{"exp":1000001,"iat":999999}"#) == nil)
        #expect(try timed(#"{"exp":1000000,"iat":999999}"#)?.contains("expired") == true)
        #expect(try timed(#"{"exp":1000000.9,"iat":999999}"#)?.contains("expired") == true)
        #expect(try timed(#"{"iat":999999}"#)?.contains("exp") == true)
        #expect(try timed(#"{"exp":"1000001","iat":999999}"#)?.contains("exp") == true)
        #expect(try timed(#"{"exp":1e9,"iat":999999}"#)?.contains("exp") == true)
        #expect(try timed(#"{"exp":-1,"iat":999999}"#)?.contains("expired") == true)
    }

    @Test func theBeginning() throws {
        #expect(try timed(#"{"exp":1000900,"iat":1000300}"#) == nil)
        #expect(try timed(#"{"exp":1000900,"iat":1000301}"#)?.contains("not valid yet") == true)
        #expect(try timed(#"{"exp":1000900,"iat":1,"nbf":1000300}"#) == nil)
        #expect(try timed(#"{"exp":1000900,"iat":1,"nbf":1000301}"#)?.contains("not valid yet") == true)
        #expect(try timed(#"{"exp":1000900,"iat":1000301,"nbf":1}"#)?.contains("not valid yet") == true)
        #expect(try timed(#"{"exp":1000900,"iat":1,"nbf":"1"}"#)?.contains("nbf") == true)
        #expect(try timed(#"{"exp":1000900}"#)?.contains("iat") == true)
    }

    /// The audience that counts, or why there is none.
    private func audience(_ claims: String, of clients: [String]? = ["app"]) throws -> String {
        let forge = try TokenForge.shared()
        let token = try JSONWebToken(try forge.token(#"{"sub":"alice",\#(claims)}"#))
        do {
            return try WebIdentity(token, of: "provider", try #require(Self.issuer), clientIDs: clients).audience
        } catch let error as STS.InvalidIdentityTokenException { return error.message }
    }

    @Test func audiences() throws {
        #expect(try audience(#""aud":"app""#) == "app")
        #expect(try audience(#""aud":["other","app"]"#) == "app")
        #expect(try audience(#""aud":"other","azp":"app""#) == "app")
        #expect(try audience(#""aud":"anything""#, of: nil) == "anything")
        for wrong in [
            #""aud":"App""#, #""aud":["other"]"#, #""aud":"app","azp":"other""#, #""aud":"app","azp":1"#,
            #""aud":"app ""#,
        ] {
            #expect(try audience(wrong) == "Incorrect token audience", "\(wrong)")
        }
        // The sign of the kelvin, which Unicode calls equivalent to the letter, is another client.
        #expect(try audience(#""aud":"K""#, of: ["K"]) == "K")
        #expect(try audience("\"aud\":\"\u{212A}\"", of: ["K"]) == "Incorrect token audience")
        for missing in [#""aud":[]"#, #""aud":1"#, #""aud":["app",1]"#, #""a":1"#, #""aud":null"#] {
            #expect(try audience(missing).contains("aud"), "\(missing)")
        }
    }
}
