import Door
import Federation
import Formats
import STSAPI
import World

/// Reads what a response offers, for the page on which somebody chooses.
///
/// Which provider signed is known only from the response itself, so that its own word is taken for whose key to check it
/// with, and for nothing else.
struct SAMLSignIn: SAMLOffers {
    let proof: SAMLProof

    /// Each provider costs a check of the signature.
    private static let mostProviders = 8

    func offers(in response: String, at now: Instant) async throws -> [SAMLOffer] {
        let claimed = SAMLSignIn.roles(SAMLResponse.claimed(by: try SAMLProof.decoded(response)))
        guard claimed.count > 1 else { return claimed }
        var (good, failure): ([SAMLOffer], (any Error)?) = ([], nil)
        for provider in SAMLSignIn.distinct(claimed.map(\.provider)).prefix(SAMLSignIn.mostProviders) {
            do {
                let (assertion, identity) = try await proof.verified(response, of: provider, at: now)
                good += SAMLSignIn.roles(assertion).filter { $0.provider == identity.arn }
            } catch { failure = failure ?? error }
        }
        if good.isEmpty, let failure { throw failure }
        // In the order of the response.
        return claimed.filter(good.contains)
    }

    /// Those that could be asked for, each once.
    private static func roles(_ assertion: SAMLAssertion?) -> [SAMLOffer] {
        distinct(SAMLPerson.roles(of: assertion).compactMap { SAMLOffer($0) }.filter(\.isOfOneAccount))
    }

    private static func distinct<Value: Hashable>(_ values: [Value]) -> [Value] {
        var seen: Set<Value> = []
        return values.filter { seen.insert($0).inserted }
    }
}
