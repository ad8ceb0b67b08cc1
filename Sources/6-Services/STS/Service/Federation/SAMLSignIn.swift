import Door
import Federation
import Formats
import STSAPI
import Smithy
import World

/// Reads what a response offers, for the page on which somebody chooses.
///
/// Which provider signed is known only from the response itself, so that its own word is taken for whose key to check it
/// with, and for nothing else. An identity provider is registered in each account with the same document: it is read, and
/// the signature checked, once for all of them. No private key is opened: an encrypted assertion names nobody to open it for.
struct SAMLSignIn: SAMLOffers {
    let proof: SAMLProof

    /// More providers than anybody has accounts for in one response, …
    private static let mostProviders = 256
    /// … and the length of their documents that are not known yet, each counted once. A response that names more is refused.
    private static let mostBytes = 16 << 20

    func offers(in response: String, at now: Instant) async throws -> SAMLOffered {
        try await proof.work.run { [providers = proof.providers, documents = proof.documents] in
            let xml = try SAMLProof.decoded(response)
            guard let assertion = SAMLResponse.claimed(by: xml) else { return SAMLOffered(good: [], claimed: nil) }
            let claimed = SAMLSignIn.roles(assertion)
            var check = Check(xml, from: assertion.issuer, documents, at: now)
            var good: [SAMLOffer] = []
            var known: SAMLOffer?
            let byProvider = Dictionary(grouping: claimed) { Array($0.provider.utf8) }
            guard byProvider.count <= SAMLSignIn.mostProviders else { throw SAMLSignIn.tooMany }
            var signed: [[UInt8]: Set<SAMLOffer>] = [:]
            for offer in claimed {
                let key = Array(offer.provider.utf8)
                if signed[key] == nil {
                    let provider = try providers.samlProvider(arn: offer.provider)
                    if provider != nil { known = known ?? offer }
                    signed[key] = try provider.map { try check.offers(of: $0) } ?? []
                }
                if signed[key]?.contains(offer) ?? false { good.append(offer) }
            }
            return SAMLOffered(good: good, claimed: known ?? claimed.first)
        }
    }

    private static let tooMany = SAMLProof.invalid(
        "The response names more than \(mostProviders) providers, or their metadata is longer than \(mostBytes >> 20) MiB."
    )

    /// Those that could be asked for, each once, in the order of the response.
    private static func roles(_ assertion: SAMLAssertion) -> [SAMLOffer] {
        var seen: Set<SAMLOffer> = []
        return SAMLPerson.roles(of: assertion).compactMap { SAMLOffer($0) }
            .filter { $0.isOfOneAccount && seen.insert($0).inserted }
    }

    /// One response, checked once for all providers that are the same.
    private struct Check {
        private let xml: [UInt8]
        private let issuer: String
        private let now: Instant
        private let readings: SAMLDocuments
        /// Those that were read, by their SHA-256.
        private var read: Set<[UInt8]> = []
        private var bytes = 0
        /// What was signed, by the certificates it was checked with: the issuer is one.
        private var signed: [[[UInt8]]: JudgedResponse?] = [:]

        init(_ xml: [UInt8], from issuer: String, _ readings: SAMLDocuments, at now: Instant) {
            (self.xml, self.issuer, self.readings, self.now) = (xml, issuer, readings, now)
        }

        /// What is good for that provider, and perhaps for others.
        mutating func offers(of provider: SAMLIdentity) throws -> Set<SAMLOffer> {
            guard now < provider.validUntil, !provider.requiresEncryption,
                let metadata = try metadata(of: provider), metadata.entityID.hasSameBytes(as: issuer)
            else { return [] }
            do {
                let response = try judged(by: metadata)?.response(for: provider)
                return Set(response.map { SAMLSignIn.roles($0.assertion) } ?? [])
            } catch is any ServiceError {
                // Nothing is good for it: whoever asks for more is told by a call, which is recorded.
                return []
            }
        }

        private mutating func judged(by metadata: SAMLMetadata) throws -> JudgedResponse? {
            if let known = signed[metadata.certificates] { return known }
            var judged: JudgedResponse?
            do { judged = try SAMLProof.judged(xml, metadata, [], false, at: now) } catch is any ServiceError {}
            signed[metadata.certificates] = .some(judged)
            return judged
        }

        private mutating func metadata(of provider: SAMLIdentity) throws -> SAMLMetadata? {
            try readings.metadata(of: provider) { text in
                guard read.insert(text.digest).inserted else { return }
                bytes += text.text.utf8.count
                guard bytes <= SAMLSignIn.mostBytes else { throw SAMLSignIn.tooMany }
            }
        }
    }
}
