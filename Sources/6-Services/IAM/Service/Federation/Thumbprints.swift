import Federation
import IAMAPI
import World

/// SHA-1 digests of certificates, as a provider's list has them: forty hexadecimal digits each.
/// - Source: IAM API Reference, "CreateOpenIDConnectProvider": ThumbprintList.
enum Thumbprints {
    /// In small letters, as they are told.
    static func checked(_ list: [String]) throws -> [String] {
        guard list.count <= ProviderLimits.thumbprints else {
            throw IAM.InvalidInputException(
                message: "Thumbprint list must contain fewer than \(ProviderLimits.thumbprints) entries.")
        }
        for thumbprint in list {
            guard thumbprint.utf8.count == 40, thumbprint.utf8.allSatisfy(isDigit) else {
                throw IAM.InvalidInputException(message: "The thumbprint \(thumbprint) is not 40 hexadecimal digits.")
            }
        }
        return list.map { $0.lowercased() }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte & 0xDF)
    }

    /// Of the last certificate that the provider shows; none for one that speaks HTTP.
    static func fetched(from issuer: IssuerURL, _ fetch: ProviderFetch, _ log: Log) async throws -> [String] {
        guard issuer.description.hasPrefix("https://") else { return [] }
        do throws(ProviderFetch.Failure) {
            let digest = try await fetch.thumbprint(of: issuer)
            return [digest.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()]
        } catch {
            // The caller is not told why: he would learn which names there are in the server's network.
            log(
                .warning, "the certificate of an identity provider could not be looked at",
                ["issuer": issuer.description, "reason": error.reason])
            throw IAM.OpenIdIdpCommunicationErrorException(
                message: "Unable to connect to \(issuer) to retrieve its certificate thumbprint.")
        }
    }
}
