import Crypto
import Testing
import World

@testable import Federation

/// Defends: an issuer is asked when its keys are needed, and no more often than that, whatever tokens strangers make up.
@Suite struct IssuerKeysTests {
    /// An issuer that counts what it is asked for, and can be down.
    private final class Issuer: Sendable {
        struct State {
            var asked = 0
            var failure: ProviderFetch.Failure?
        }
        let state = Lock(State())
        let url: IssuerURL
        private let keys: String

        init(_ forge: TokenForge) throws {
            url = try #require(IssuerURL("https://id.example.com"))
            keys = "{\"keys\":[\(try JSONWebKeySet.shown(forge.rsa, .rs256, keyID: "first"))]}"
        }

        var asked: Int { state.withLock { $0.asked } }

        func read(_ place: String) throws(ProviderFetch.Failure) -> [UInt8] {
            let failure = state.withLock { state in
                state.asked += 1
                return state.failure
            }
            if let failure { throw failure }
            if place.hasSuffix("/keys") { return Array(keys.utf8) }
            return Array(#"{"issuer":"https://id.example.com","jwks_uri":"https://id.example.com/keys"}"#.utf8)
        }
    }

    private let (issuer, clock, forge): (Issuer, ManualClock, TokenForge)
    private let keys: IssuerKeys

    init() throws {
        let forge = try TokenForge.shared()
        let (issuer, clock) = (try Issuer(forge), ManualClock(Instant(seconds: 1_767_323_045)))
        (self.forge, self.issuer, self.clock) = (forge, issuer, clock)
        keys = IssuerKeys(clock: clock) { (url, _, _) async throws(ProviderFetch.Failure) in try issuer.read(url) }
    }

    private func ask(_ kid: String = "first", _ thumbprints: [[UInt8]] = []) async throws(IssuerKeys.Failure) -> Bool {
        guard let text = try? forge.token(header: #"{"alg":"RS256","kid":"\#(kid)"}"#),
            let token = try? JSONWebToken(text)
        else { return false }
        return try await keys.keys(of: issuer.url, thumbprints: thumbprints, for: token).signed(token)
    }

    private func failure(_ kid: String = "first", _ thumbprints: [[UInt8]] = []) async -> IssuerKeys.Failure? {
        do throws(IssuerKeys.Failure) {
            _ = try await ask(kid, thumbprints)
            return nil
        } catch { return error }
    }

    @Test func keysAreKeptForAnHour() async throws {
        for _ in 0..<3 { #expect(try await ask()) }
        #expect(issuer.asked == 2)
        clock.advance(by: .seconds(3601))
        #expect(try await ask())
        #expect(issuer.asked == 4)
    }

    @Test func whatIsForgottenIsAskedForAgain() async throws {
        #expect(try await ask())
        await keys.forget()
        #expect(try await ask())
        #expect(issuer.asked == 4)
        await keys.forget()
        issuer.state.withLock { $0.failure = .unanswered }
        #expect(await failure() == .fetch(.unanswered))
        issuer.state.withLock { $0.failure = nil }
        await keys.forget()
        #expect(try await ask())
    }

    @Test func inventedKeysAreAskedForOnceInAWhile() async throws {
        for number in 0..<5 { #expect(try await ask("invented-\(number)") == false) }
        #expect(issuer.asked == 4)
        clock.advance(by: .seconds(31))
        for number in 0..<5 { #expect(try await ask("invented-\(number)") == false) }
        #expect(issuer.asked == 6)
    }

    @Test func aFailureIsRememberedShortly() async throws {
        issuer.state.withLock { $0.failure = .unanswered }
        for _ in 0..<5 { #expect(await failure() == .fetch(.unanswered)) }
        #expect(issuer.asked == 1)
        // Of others nothing is known.
        #expect(await failure("first", [[1]]) == .fetch(.unanswered))
        #expect(issuer.asked == 2)
        issuer.state.withLock { $0.failure = nil }
        #expect(await failure() == .fetch(.unanswered))
        clock.advance(by: .seconds(6))
        #expect(try await ask())
    }

    @Test func aFailureDoesNotHideKeysThatAreKnown() async throws {
        #expect(try await ask())
        issuer.state.withLock { $0.failure = .unanswered }
        for number in 0..<5 { #expect(await failure("invented-\(number)") == .fetch(.unanswered)) }
        #expect(issuer.asked == 3)
        #expect(try await ask())
    }

    @Test func thatOthersWereBeforeIsNoFailure() async throws {
        issuer.state.withLock { $0.failure = .busy }
        for _ in 0..<3 { #expect(await failure() == .fetch(.busy)) }
        #expect(issuer.asked == 3)
    }
}
